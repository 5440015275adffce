import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { oneLinePerTemplate, readSystems } from './loghub.ts';
import { askedRepositories, fillHoles, readStatements } from './statements.ts';
import { trainedOnSentence } from './trained-on.ts';

const aFolder = () => mkdtemp(join(tmpdir(), 'eval-data-'));

describe('readStatements', () => {
  it('asks about sixteen whole repositories and leaves the rest to learn from', async () => {
    const rows = Array.from({ length: 30 * 160 }, (_, at) => ({
      repo: `owner/repository-${at % 30}`,
      lang: 'go',
      level: at % 2 === 0 ? 'info' : 'error',
      text: `step ${at} of <*> done`,
    }));
    const path = join(await aFolder(), 'log-statements.jsonl.gz');
    await writeFile(path, gzipSync(rows.map((row) => JSON.stringify(row)).join('\n')));

    const { asked, others } = await readStatements(path);

    const names = new Set(asked.map(({ repository }) => repository));
    expect(names.size).toBe(16);
    expect(others.some(({ repository }) => names.has(repository))).toBe(false);
    expect(asked.length + others.length).toBe(rows.length);
  });

  it('passes over repositories with few statements', () => {
    const counts = new Map([
      ...Array.from({ length: 20 }, (_, at): [string, number] => [`big-${at}`, 500]),
      ['small', 149],
    ]);

    const asked = askedRepositories(counts);

    expect(asked).toHaveLength(16);
    expect(asked).not.toContain('small');
  });
});

describe('fillHoles', () => {
  it('leaves no hole, fills each anew and says the same at every run', () => {
    const filled = fillHoles('<*> <*> <*> <*> <*> <*>', '0123abcd');

    expect(filled).not.toContain('<*>');
    expect(new Set(filled.split(' ')).size).toBeGreaterThan(2);
    expect(fillHoles('<*> <*> <*> <*> <*> <*>', '0123abcd')).toBe(filled);
  });
});

describe('readSystems', () => {
  it('takes warn and up for anomalies, and a level it does not know for none given', async () => {
    const folder = await aFolder();
    await writeFile(
      join(folder, 'Apache_2k.log_structured.csv'),
      'LineId,Level,Content,EventId\n1,notice,up,E1\n2,error,down,E2\n',
    );
    await writeFile(join(folder, 'Linux_2k.log_structured.csv'), 'LineId,Level,Content,EventId\n1,combo,up,E1\n');

    const systems = await readSystems(folder);

    expect(systems.map(({ name }) => name)).toEqual(['Apache', 'Linux']);
    expect(systems.map(({ lines }) => lines.map(({ anomaly }) => anomaly))).toEqual([[false, true], [undefined]]);
  });

  it('says of a template what most of its lines say', () => {
    const line = (id: string, anomaly: boolean) => ({ id, template: 'E1', message: 'x', anomaly });

    expect(oneLinePerTemplate([line('1', false), line('2', true), line('3', true)])).toEqual([line('1', true)]);
  });
});

describe('trainedOnSentence', () => {
  it('says what the manifest says of the training, and the worst where it says nothing', async () => {
    const folder = await aFolder();
    const aManifest = (training?: object) =>
      writeFile(join(folder, 'manifest.json'), JSON.stringify({ models: [{ id: 'starter', training }] }));
    await aManifest();
    expect(await trainedOnSentence(folder, 'starter', ['a/b'])).toMatch(/no repositories/);

    await aManifest({ heldOutRepositories: ['a/b'], steps: 1 });

    expect(await trainedOnSentence(folder, 'starter', ['a/b'])).toMatch(/trained on none/);
    expect(await trainedOnSentence(folder, 'starter', ['a/b', 'c/d'])).toMatch(/trained on 1 of these 2/);
  });
});
