import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readSettingsFile, settingsSchema } from '../../../lib/cascade/settings.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';

const MODELS = join(import.meta.dirname, '../../../models');
const LINES = join(MODELS, 'training', 'lines');
const categoryRow = z.object({ source: z.string(), log_message: z.string().min(1), target_label: z.string() });
const conceptRow = z.object({ concept: z.string(), kind: z.enum(['description', 'line']), text: z.string().min(1) });

async function rowsOf<T>(file: string, row: z.ZodType<T>): Promise<readonly T[]> {
  return z.array(row).parse(parse(await readFile(join(LINES, file)), { columns: true }));
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
