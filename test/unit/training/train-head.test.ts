import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStageFiles } from '../../../lib/cascade/read-stages.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MODELS = join(ROOT, 'models');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-head-'));
});
afterEach(() => rm(folder, { recursive: true }));

function train(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(MODELS, 'training/train-head.ts'), ...args], (failure, out, error) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : 0, out, error });
    });
  });
}

async function aFile(name: string, ...lines: readonly string[]): Promise<string> {
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  return join(folder, name);
}

/** A models folder of its own, the weights linked. */
async function someModels(): Promise<string> {
  const models = join(folder, 'models');
  const wanted = /\.(json|jsonl)$|models$|starter$/;
  await cp(MODELS, models, { recursive: true, filter: (path) => wanted.test(path) });
  await symlink(join(MODELS, 'starter/model.onnx'), join(models, 'starter/model.onnx'));
  return models;
}

const HEADER = 'log_message,target_label';
const NOTES = [
  'Nightly archive run finished',
  'Update 7 was installed',
  'Weekly clean-up is done',
  'Mirror was synced',
];
const ACTIONS = ['alice signed in', 'bob renamed his board', 'carol left the room', 'dave uploaded a picture'];
const LABELLED = [
  HEADER,
  ...NOTES.map((line) => `${line},System Notification`),
  ...ACTIONS.map((line) => `${line},User Action`),
];

describe('npm run train:head', () => {
  it('writes a head and a calibration that the cascade takes, and says what too few examples teach', async () => {
    const models = await someModels();
    const lines = await aFile('lines.csv', ...LABELLED);

    const { code, out } = await train(lines, '--models', models);

    expect(code).toBe(0);
    expect(out).toContain('8 patterns of 8 templates');
    expect(out).toContain('! User Action has 4 templates: two examples teach nothing');
    expect(out).toContain('! no line is labelled Unclassified');
    const { head, settings, rules } = await readStageFiles(models);
    expect(head.labels).toEqual(['System Notification', 'User Action']);
    expect(head.thresholds).toEqual({});
    expect(settings.thresholds.similarity).toBeDefined();
    expect(rules.length).toBeGreaterThan(20);
    const figures = JSON.parse(await readFile(join(models, 'evaluation/head.json'), 'utf8'));
    expect(figures).toMatchObject({ trainedOn: head.trainedOn, head: { patterns: 8 } });
    expect(Object.keys(figures.cascade.byFile)).toEqual(['lines.csv']);
    expect(JSON.stringify(figures)).not.toContain('alice');
  });

  it('lets none but new lines judge where the embedding model learned the others', async () => {
    // By a hash the last line is of the quarter kept apart, as are four of the others; it lies near the first, which is not.
    const lines = await aFile('lines.csv', ...LABELLED, 'Nightly archive run finished late,System Notification');

    const { out } = await train(lines, '--kept-apart', '--dry-run', '--json');

    expect(JSON.parse(out).head).toMatchObject({ learned: 9, patterns: 4 });
    expect(JSON.parse(out).cascadeByFile[lines]).toMatchObject({ mainLabels: 0, outOfFold: { mainLabels: 0 } });
  });

  it('writes nothing on a dry run, and the whole report as JSON where asked', async () => {
    const models = await someModels();
    const before = await readFile(join(models, 'starter/head.json'), 'utf8');

    const { code, out } = await train(await aFile('lines.csv', ...LABELLED), '--models', models, '--dry-run', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ head: { patterns: 8, folds: 5 }, cascade: {} });
    expect(await readFile(join(models, 'starter/head.json'), 'utf8')).toBe(before);
    expect(existsSync(join(models, 'evaluation/head.json'))).toBe(false);
  });

  it.each([
    ['an empty file', [''], [], /lines\.csv has no rows/],
    ['a header alone', [HEADER], [], /lines\.csv has no rows/],
    ['an unknown column', LABELLED, ['--label', 'kind'], /has no column kind; it has log_message, target_label/],
    ['one label', [HEADER, 'a b,User Action', 'c d,User Action'], [], /all lines have the label User Action/],
    ['a label that is not listed', [HEADER, 'a b,Tea', 'c d,User Action'], [], /has the label Tea, which is not among/],
    [
      'a text under two labels',
      [...LABELLED, 'Nightly archive run finished,User Action'],
      [],
      /is an example of both System Notification and User Action/,
    ],
    [
      'a label of one template',
      [...LABELLED, 'Disk 7 failed,Error', 'Disk 8 failed,Error'],
      [],
      /all lines of Error come down to one template/,
    ],
    ['a precision that is none', LABELLED, ['--precision', '95'], /--precision is a share between 0 and 1, not 95/],
    ['an unknown option', LABELLED, ['--lable', 'x'], /--lable/],
  ] as const)('refuses %s in a sentence, without a stack', async (_, lines, options, sentence) => {
    const { code, out, error } = await train(await aFile('lines.csv', ...lines), ...options);

    expect(code).toBe(2);
    expect(error).toMatch(sentence);
    expect(error).not.toContain('    at ');
    expect(out).toBe('');
  });

  it('says how it is used', async () => {
    const { code, out, error } = await train('--help');

    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('--routine-precision P');
  });

  it('asks for a file where none is named', async () => {
    expect(await train()).toMatchObject({ code: 2, error: 'name at least one labelled CSV\n' });
  });
});
