import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((path) => ({
  path,
  text: readFileSync(resolve(root, path), 'utf8'),
}));

describe.each(workflows)('$path', ({ path, text }) => {
  it('names every action of others by a commit, which cannot move', () => {
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);

    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/^\.\/|@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('keeps no key of an account, and may ask for a token of OpenID only where it deploys', () => {
    expect(text).not.toMatch(/aws[-_]secret|aws[-_]access[-_]key/i);
    expect(text.includes('id-token: write')).toBe(path.endsWith('/deploy.yml'));
    expect(text).toMatch(/^permissions:\n {2}contents: read\n(?! )/m);
  });
});
