import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Each command is a process of its own, which a busy machine starts slowly. */
const TIMEOUT_MS = 120_000;
const run = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`infra/commands/${command}.ts`, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('the commands of a deployment', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['smoke', 'smoke -- URL KEY'],
    ['delete-tenant', 'delete-tenant -- --tenant TENANT'],
    ['keys', 'keys -- create --tenant TENANT'],
    ['image-ignore', 'image-ignore.ts [STAGE]'],
  ])('%s says how it is used', (command, usage) => {
    const { status, stdout, stderr } = run(command, '--help');

    expect(stdout).toContain(usage);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('image-ignore prints what a stage’s build leaves out, or the line that builds it', () => {
    expect(run('image-ignore', 'minimal')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\*\n!functions\/classify\/Dockerfile\n/),
    });
    expect(run('image-ignore', 'minimal', '--build')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^[^\n]*docker build --platform linux\/amd64 --build-arg LABELS=[^\n]* \.\n$/),
    });
  });

  it('image-ignore tells of a stage that there is not, and of nothing else', () => {
    const { status, stdout, stderr } = run('image-ignore', 'nosuch');

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('stage: there is no infra/config/nosuch.ts; there are default, minimal, production');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
