import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { aFolder } from '../factories/a-folder.ts';
import { startTestStack, type TestStack } from './a-stack.ts';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Every command with curl in the fenced blocks of a page, continuation lines included. */
function commandsOf(page: string): readonly string[] {
  const blocks = [...readFileSync(resolve(root, page), 'utf8').matchAll(/^```\w*\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, block = '']) => block.split(/\n(?=curl |KEY=)/)).filter((text) => text.startsWith('curl '));
}

const commands = ['README.md', 'docs/MIGRATION.md'].flatMap((page) =>
  commandsOf(page).map((command) => [page, command.trim()] as const),
);

describe('a command of the documentation', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let stack: TestStack;
  beforeAll(async () => {
    folder = await aFolder();
    stack = await startTestStack(folder.path);
  });
  afterAll(async () => {
    await stack?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  it('is found', () => {
    expect(commands.length).toBeGreaterThanOrEqual(6);
  });

  it.each(commands)('of %s does what it says: %s', async (_page, command) => {
    const here = command
      .replaceAll('localhost:8000', stack.url)
      .replaceAll('localhost:8001', stack.endpoint)
      .replaceAll('curl ', 'curl --fail-with-body -S ');

    const { stdout } = await run('bash', ['-c', here], { cwd: root, env: { ...process.env, KEY: stack.apiKey } });

    // A function that failed is a 200 of Lambda's all the same.
    expect(stdout).not.toMatch(/urn:logsieve:problem|"errorType"/);
  });

  it('leaves jobs behind that end with every record judged', async () => {
    const dropped = await stack.endedDrop('labelled.csv');
    const { body } = await stack.call('/v1/jobs?limit=100');
    // An hour of logs ends ten minutes after it, which no test waits for.
    const batches: { jobId: string; kind: string }[] = body.jobs.filter(
      ({ kind }: { kind: string }) => kind === 'batch',
    );
    const ended = [dropped, ...(await Promise.all(batches.map(({ jobId }) => stack.endedJob(jobId))))];

    expect(ended.length).toBeGreaterThanOrEqual(2);
    for (const { state, found, accepted } of ended) {
      expect(state).toBe('completed');
      expect(found).toBeGreaterThan(0);
      expect(accepted).toBe(found);
    }
  });
});

describe('the documentation', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(resolve(root, 'docs')).map((name) => `docs/${name}`)];

  it.each(pages)('%s names only commands that there are', (page) => {
    const text = readFileSync(resolve(root, page), 'utf8');
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);

    expect(named.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  });
});
