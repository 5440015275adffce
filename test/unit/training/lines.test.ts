import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readSettingsFile, settingsSchema } from '../../../lib/cascade/settings.ts';
import { SEVERITIES } from '../../../lib/domain/severity.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { chooseAlternatives } from '../../../models/training/fill-holes.ts';
import { seededRandom } from '../../../models/training/seeded-random.ts';

const MODELS = join(import.meta.dirname, '../../../models');
const LINES = join(MODELS, 'training', 'lines');
const SETS = join(import.meta.dirname, '../../eval/sets');
const categoryRow = z.object({ source: z.string(), log_message: z.string().min(1), target_label: z.string() });
const conceptRow = z.object({ concept: z.string(), kind: z.enum(['description', 'line']), text: z.string().min(1) });

const pairRow = z.object({ pair: z.string(), severity: z.enum(SEVERITIES), text: z.string().min(1) });
const setRow = z.object({ message: z.string() });

async function rowsOf<T>(file: string, row: z.ZodType<T>, folder = LINES): Promise<readonly T[]> {
  return z.array(row).parse(parse(await readFile(join(folder, file)), { columns: true }));
}

/** The rows of all tables of a folder whose names start so. */
async function rowsOfAll<T>(folder: string, start: string, row: z.ZodType<T>): Promise<readonly T[]> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(start) && name.endsWith('.csv'));
  return (await Promise.all(files.map((file) => rowsOf(file, row, folder)))).flat();
}

/** What models read of a text, whichever of its alternatives are drawn (of many, some). */
function readingsOf(text: string): readonly string[] {
  const drawn = chooseAlternatives(text, seededRandom(1), 8);
  return drawn.map((message) => maskRecord({ source: '', message }).canonical.toLowerCase());
}

async function labelNames(): Promise<readonly string[]> {
  const settings = await readSettingsFile(join(MODELS, 'labels.json'), 'labels', settingsSchema);
  return settings.labels.map(({ name }) => name);
}

describe('the labelled lines', () => {
  it('hold at least 110 templates of each label and 400 of none', async () => {
    const rows = await rowsOf('category-lines.csv', categoryRow);

    const templates = new Map<string, Set<string>>();
    for (const { log_message: message, target_label: label } of rows) {
      const known = templates.get(label) ?? new Set();
      templates.set(label, known.add(maskRecord({ source: '', message, level: undefined }).patternId));
    }

    expect([...templates.keys()].sort()).toEqual([...(await labelNames()), 'Unclassified'].sort());
    for (const [label, known] of templates)
      expect(known.size).toBeGreaterThanOrEqual(label === 'Unclassified' ? 400 : 110);
  });

  it('hold no line twice', async () => {
    const texts = (await rowsOf('category-lines.csv', categoryRow)).map((row) => row.log_message);

    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the concepts', () => {
  it('have four descriptions and twelve lines each, the labels ten descriptions', async () => {
    const rows = await rowsOf('concepts.csv', conceptRow);
    const labels = await labelNames();

    const names = [...new Set(rows.map(({ concept }) => concept))];
    const count = (name: string, kind: string) =>
      rows.filter((row) => row.concept === name && row.kind === kind).length;

    expect(names).toEqual(expect.arrayContaining([...labels]));
    expect(names.length).toBeGreaterThanOrEqual(160);
    for (const name of names) {
      expect(count(name, 'description')).toBe(labels.includes(name) ? 10 : 4);
      expect(count(name, 'line')).toBeGreaterThanOrEqual(labels.includes(name) ? 0 : 12);
    }
  });

  it('repeat neither themselves nor the settings they are meant to generalise from', async () => {
    const settings = await readSettingsFile(join(MODELS, 'labels.json'), 'labels', settingsSchema);
    const shown = settings.labels.flatMap(({ description, examples }) => [description, ...examples]);

    const texts = (await rowsOf('concepts.csv', conceptRow)).map(({ text }) => text);

    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => shown.includes(text))).toEqual([]);
  });
});

describe('our own pairs', () => {
  it('are some 20,000 groups, most of them with something wrong in one line and nothing in another', async () => {
    const rows = await rowsOfAll(LINES, 'pairs-', pairRow);

    const groups = [...Map.groupBy(rows, ({ pair }) => pair).values()];
    const isWrong = ({ severity }: { severity: string }) => !['debug', 'info'].includes(severity);
    const minimal = groups.filter((group) => new Set(group.map(isWrong)).size === 2);

    expect(groups.length).toBeGreaterThan(20_000);
    expect(minimal.length / groups.length).toBeGreaterThan(0.7);
  });
});

describe('all that models learn from', () => {
  it('shares no message with the sets they are measured on', async () => {
    const measured = await rowsOfAll(SETS, '', setRow);
    const known = new Set(measured.flatMap(({ message }) => readingsOf(message)));

    const learned = [
      ...(await rowsOf('category-lines.csv', categoryRow)).map((row) => row.log_message),
      ...(await rowsOf('concepts.csv', conceptRow)).map(({ text }) => text),
      ...(await rowsOf('score-pairs.csv', pairRow)).map(({ text }) => text),
      ...(await rowsOfAll(LINES, 'pairs-', pairRow)).map(({ text }) => text),
    ];

    expect(known.size).toBeGreaterThan(1500);
    expect(learned.filter((text) => readingsOf(text).some((reading) => known.has(reading)))).toEqual([]);
  });
});
