import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

    expect(stdout).not.toContain('urn:logsieve:problem');
  });
});
