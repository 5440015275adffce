import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import { SEVERITIES, type Severity } from '../../../lib/domain/severity.ts';
import { randomOf } from '../metrics/bootstrap.ts';

const statement = z.object({ repo: z.string(), level: z.enum(SEVERITIES), text: z.string() });

/** A log statement of somebody's repository with its holes filled; the level is what its author chose. */
export interface Statement {
  readonly id: string;
  readonly repository: string;
  readonly level: Severity;
  readonly text: string;
}
/** Statements by whether their repository is asked about or may be learned from. */
export interface StatementSplit {
  readonly asked: readonly Statement[];
  readonly others: readonly Statement[];
}

/** As models/training/texts.py chooses those that training leaves out. */
const SALT = 'hold';
const ASKED_REPOSITORIES = 16;
/** A repository with fewer says nothing about its own calibration; more of one would be most of the figure. */
const LEAST_STATEMENTS = 150;
const MOST_STATEMENTS = 1000;

/** Reads `log-statements.jsonl.gz`. Sixteen repositories, the first by sha256 of `holdREPOSITORY` among those with 150 statements or more, are asked about, with at most 1,000 statements each; training leaves out the same. */
export async function readStatements(path: string): Promise<StatementSplit> {
  const { all, counts } = parseStatements(await readGzip(path));
  const asked = new Set(askedRepositories(counts));
  const perRepository = new Map<string, number>();
  return {
    others: all.filter(({ repository }) => !asked.has(repository)),
    asked: [...all]
      .filter(({ repository }) => asked.has(repository))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter(({ repository }) => {
        const taken = perRepository.get(repository) ?? 0;
        perRepository.set(repository, taken + 1);
        return taken < MOST_STATEMENTS;
      }),
  };
}

export function askedRepositories(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .filter(([, count]) => count >= LEAST_STATEMENTS)
    .map(([repository]) => ({ repository, hash: hashOf(`${SALT}${repository}`) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, ASKED_REPOSITORIES)
    .map(({ repository }) => repository)
    .sort();
}

/** A text that stands twice in one repository is taken once, and counted twice. */
function parseStatements(lines: string): { all: readonly Statement[]; counts: ReadonlyMap<string, number> } {
  const byId = new Map<string, Statement>();
  const counts = new Map<string, number>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { repo, level, text } = statement.parse(JSON.parse(line));
    const id = hashOf(`${repo}\n${level}\n${text}`).slice(0, 16);
    byId.set(id, { id, repository: repo, level, text: fillHoles(text, id) });
    counts.set(repo, (counts.get(repo) ?? 0) + 1);
  }
  return { all: [...byId.values()], counts };
}

const WORDS =
  `alice orders eth0 main default worker-3 node-12 cache db01 payments config.yaml svc-auth redis nginx null true
  us-east-1 /var/lib/app/data index.html INT64 user_id primary tcp`.split(/\s+/);

/** Puts into each `<*>` what could have stood there, the same at every run. */
export function fillHoles(text: string, id: string): string {
  const random = randomOf(Number.parseInt(id.slice(0, 8), 16));
  const below = (bound: number) => Math.floor(random() * bound);
  const makers = [
    () => String(below(10)),
    () => String(below(1000)),
    () => String(1000 + below(90_000)),
    () => `10.${below(250)}.${below(250)}.${below(250)}`,
    () =>
      below(2 ** 31)
        .toString(16)
        .padStart(8, '0'),
    () => `${below(9000)}ms`,
  ];
  return text.replaceAll('<*>', () => {
    const at = below(2 * makers.length);
    return makers[at]?.() ?? WORDS[below(WORDS.length)] ?? '7';
  });
}

async function readGzip(path: string): Promise<string> {
  try {
    return gunzipSync(await readFile(path)).toString('utf8');
  } catch (cause) {
    throw new InvalidInput(
      'eval-data',
      `${path} cannot be read: ${cause instanceof Error ? cause.message : 'unknown'}`,
    );
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
