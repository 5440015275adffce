import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { evaluateAll } from './reporting/evaluate-all.ts';

type Report = Awaited<ReturnType<typeof evaluateAll>>['report'];
type Figures = Readonly<Record<string, number>>;

export const EXPECTED_PATH = join(import.meta.dirname, 'expected.json');

const expectedSchema = z.strictObject({
  /** What was measured when the figures were accepted. */
  model: z.string(),
  figures: z.record(z.string(), z.number()),
});

/**
 * How far a figure may fall: a text may be read a little differently on another kind of CPU, which turns a line at the threshold, and a
 * line weighs more in a small set. Figures that end in one of these names are better when lower.
 */
const TOLERANCE = 0.03;
const TOLERANCE_OF_SMALL_SETS = 0.06;
const SMALL_SET = /^(?:languages|category)/;
const LOWER_IS_BETTER = /:(?:brier|ece|alarmed)$/;

/** The figures that must not fall: names like `mixed/json-many:f1`. Each is one that a plain pass over the committed sets gives. */
export function figuresOf({ anomaly, category }: Pick<Report, 'anomaly' | 'category'>): Figures {
  const figures: Record<string, number> = {};
  for (const [set, { variants }] of Object.entries(anomaly))
    for (const [variant, { scores }] of Object.entries(variants))
      for (const name of ['f1', 'auc', 'brier'])
        figures[`${set}/${variant}:${name}`] = scores[name]?.value ?? Number.NaN;
  for (const name of ['macroF1', 'macroF1All', 'alarmed'])
    figures[`category:${name}`] = category.cascade.scores[name]?.value ?? Number.NaN;
  figures['category:ece'] = category.cascade.confidence.ece;
  figures['category/descriptions:macroF1'] = descriptionsMacroF1(category);
  return figures;
}

function descriptionsMacroF1({ stages }: Report['category']): number {
  const stage = Object.entries(stages).find(([name]) => name === 'descriptions alone')?.[1];
  return stage !== undefined && 'scores' in stage ? (stage.scores.macroF1?.value ?? Number.NaN) : Number.NaN;
}

/** A sentence for each figure that has fallen too far or is no longer there. */
export function fallsOf(expected: Figures, found: Figures): readonly string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const value = found[name] ?? Number.NaN;
    const fall = LOWER_IS_BETTER.test(name) ? value - wanted : wanted - value;
    return fall <= (SMALL_SET.test(name) ? TOLERANCE_OF_SMALL_SETS : TOLERANCE)
      ? []
      : [`${name} was ${wanted} and is ${value.toFixed(4)}`];
  });
}

export async function readExpected(path: string): Promise<z.infer<typeof expectedSchema>> {
  return expectedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

export async function writeExpected(path: string, model: string, report: Report): Promise<void> {
  const rounded = Object.entries(figuresOf(report)).map(([name, value]) => [name, Number(value.toFixed(4))]);
  await writeFile(path, `${JSON.stringify({ model, figures: Object.fromEntries(rounded) }, undefined, 2)}\n`);
}
