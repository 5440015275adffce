import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;
const COMMENTS = /\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm;

interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** Package names, `node:` names, and paths of our own files from the root. */
  readonly imports: readonly string[];
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replaceAll(COMMENTS, '');
  const imports = [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return {
    path,
    text,
    code,
    imports: imports.map((name) => (name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name)),
  };
}

const files = globSync('{lib,functions,infra,models,events}/**/*.ts', {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).map((path) => readSource(path.replaceAll('\\', '/')));
const within = (folder: string): readonly SourceFile[] => files.filter(({ path }) => path.startsWith(folder));

/** Files of lib that read the environment or put things together: the settings, and the one call that needs no set-up. */
const COMPOSES = ['lib/config.ts', 'lib/cascade/inference-answer.ts'];

/** `file: what it imports` of every import that breaks a rule, so that a failure says where to look. */
function imports(of: readonly SourceFile[], forbidden: (name: string) => boolean): readonly string[] {
  return of.flatMap(({ path, imports: names }) => names.filter(forbidden).map((name) => `${path}: ${name}`));
}

function mentions(of: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return of.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

/** `lib/jobs/page.ts` is of `lib/jobs`, `lib/ports.ts` of itself. */
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** The folders of a cycle, or none. Type-only imports count: a cycle of types is a cycle of thoughts. */
function cycleAmong(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  };
  return [...edges.keys()].map((node) => visit(node, [])).find((cycle) => cycle.length > 0) ?? [];
}

describe('the module boundaries', () => {
  it('are checked on real files, and an import is found in each of its shapes', () => {
    expect(within('lib/').length).toBeGreaterThan(20);
    expect(readSource('lib/domain/tenant-rule.ts').imports).toEqual([
      'zod',
      'lib/domain/limits.ts',
      'lib/domain/severity.ts',
    ]);
  });

  it('keep the AWS SDK in lib/aws, infra and what composes a function', () => {
    const sdk = (name: string) => name.startsWith('@aws-sdk/') || name.startsWith('@smithy/');
    const elsewhere = files.filter(
      ({ path }) => !path.startsWith('lib/aws/') && !path.startsWith('infra/') && !path.startsWith('functions/'),
    );

    expect(imports(elsewhere, sdk)).toEqual([]);
  });

  it('let lib know nothing of functions, tests and commands', () => {
    const outside = (name: string) => /^(functions|infra|test|events|models)\//.test(name);

    expect(imports(within('lib/'), outside)).toEqual([]);
  });

  it('let lib/domain know only itself and zod', () => {
    const foreign = (name: string) => name !== 'zod' && !name.startsWith('lib/domain/');

    expect(imports(within('lib/domain/'), foreign)).toEqual([]);
  });

  it('let no function know the tests, the laptop stack or the CDK', () => {
    const outside = (name: string) =>
      /^(test|infra\/(?!topology\.ts)|aws-cdk-lib|constructs|fauxqs|dynalite)/.test(name);

    expect(imports(within('functions/'), outside)).toEqual([]);
  });

  it('give use cases their clock, ids and settings as arguments', () => {
    const inner = within('lib/').filter(({ path }) => !COMPOSES.includes(path));

    expect(mentions(inner, /\bprocess\.env\b/)).toEqual([]);
    expect(mentions(inner, /\bDate\.now\(\)|\bnew Date\(\)/)).toEqual([]);
    expect(mentions(inner, /\brandomUUID\b|\bMath\.random\b/)).toEqual([]);
  });

  it('have no cycle between the folders of lib', () => {
    const edges = new Map<string, Set<string>>();
    for (const { path, imports: names } of within('lib/')) {
      const from = edges.get(folderOf(path)) ?? new Set();
      for (const name of names.filter((other) => other.startsWith('lib/') && folderOf(other) !== folderOf(path))) {
        from.add(folderOf(name));
      }
      edges.set(folderOf(path), from);
    }

    expect(edges.size).toBeGreaterThan(5);
    expect(cycleAmong(edges)).toEqual([]);
    expect(cycleAmong(edges.set('lib/domain', new Set(['lib/ports.ts'])))).not.toEqual([]);
  });

  it('have no types switched off', () => {
    expect(files.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
    expect(mentions(files, /: any\b|<any>|\bas any\b/)).toEqual([]);
  });
});
