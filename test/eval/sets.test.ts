import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSets, type Sets } from './sets.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/sets');
const COMMITTED = join(import.meta.dirname, 'sets');

async function aCopy(change: { file: string; content: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eval-sets-'));
  await cp(FIXTURES, folder, { recursive: true });
  await writeFile(join(folder, change.file), change.content);
  return folder;
}

function idsOf(sets: Sets): readonly string[] {
  return [...[...sets.anomaly.values()].flat(), ...sets.category].map(({ id }) => id);
}

describe('readSets', () => {
  it('reads the four files', async () => {
    const sets = await readSets(FIXTURES);

    expect([...sets.anomaly].map(([name, rows]) => [name, rows.length])).toEqual([
      ['mixed', 2],
      ['anomaly', 5],
      ['languages', 2],
    ]);
    expect(sets.category.map(({ label }) => label)).toEqual(['HTTP Status', 'Security Alert', 'Unclassified']);
  });

  it.each([
    [
      'a truth of no known kind',
      'mixed.csv',
      'id,area,source,level,event,message,truth,severity,reason,hard\n1,,,,,x,maybe,info,,no\n',
      /mixed\.csv: row 0\.truth/,
    ],
    ['no rows', 'category.csv', 'id,source,message,label,reason\n', /category\.csv/],
    ['ragged rows', 'category.csv', 'id,source\n1,2,3\n', /cannot be read as CSV/],
  ])('refuses %s with the file and the place', async (_, file, content, message) => {
    await expect(readSets(await aCopy({ file, content }))).rejects.toThrow(message);
  });
});

describe('the committed sets', () => {
  it('are large enough for what is said of them, and name every line once', async () => {
    const sets = await readSets(COMMITTED);

    const ids = idsOf(sets);
    const labels = Object.entries(Object.groupBy(sets.category, ({ label }) => label));
    const lines = new Map(labels.map(([label, rows]) => [label, rows?.length ?? 0]));

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(1000);
    expect([...lines].filter(([, count]) => count < 25)).toEqual([]);
    expect(lines.get('Unclassified')).toBeGreaterThanOrEqual(200);
  });
});
