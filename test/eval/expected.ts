import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Measured } from './metrics/bootstrap.ts';
import type { evaluateAll } from './reporting/evaluate-all.ts';

type Report = Awaited<ReturnType<typeof evaluateAll>>['report'];
export type Figures = Readonly<Record<string, number>>;

export const EXPECTED_PATH = join(import.meta.dirname, 'expected.json');
const ACCEPT = '`npm run eval:all -- --accept`';

const expectedSchema = z.strictObject({
  /** What was measured when the figures were accepted. */
  model: z.string(),
  figures: z.record(z.string(), z.number()),
});

/** How far each figure may get worse: a text may be read a little differently on another kind of CPU, which turns a line at the threshold. */
const TOLERANCE: ReadonlyMap<string, number> = new Map([
  ['f1', 0.03],
  ['f1Least', 0.03],
  ['f1At9', 0.03],
  ['auc', 0.02],
  ['macroF1', 0.03],
  ['macroF1All', 0.03],
  ['alarmed', 0.01],
  ['brier', 0.005],
  ['ece', 0.015],
]);
/** In a set of few lines one weighs more. */
const SMALL_SET = /^languages\//;
const SMALL_SET_FACTOR = 2;
/** The last part of the names of figures that are better when lower. */
const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['alarmed', 'brier', 'ece', 'ecePrior']);

/** The figures that must not fall: names like `mixed/json-many:f1`. Each is one that a plain pass over the committed sets gives. */
export function figuresOf({ anomaly, category }: Pick<Report, 'anomaly' | 'category'>): Figures {
  const variants = Object.entries(anomaly).flatMap(([set, report]) =>
    Object.entries(report.variants).map(([variant, { scores }]) => [`${set}/${variant}`, scores] as const),
  );
  return {
    ...Object.assign({}, ...variants.map(([name, scores]) => anomalyFigures(name, scores))),
    ...named('category', category.cascade.scores, 'macroF1', 'macroF1All', 'alarmed'),
    ...named('category', category.cascade.confidence, 'ece', 'brier'),
    ...named('category/descriptions', category.stages['descriptions alone']?.scores ?? {}, 'macroF1'),
  };
}

function anomalyFigures(name: string, scores: Measured): Figures {
  return named(name, scores, 'f1', 'f1Least', 'f1At9', 'auc', 'brier', 'ece');
}

function named(of: string, scores: Measured, ...names: readonly string[]): Figures {
  return Object.fromEntries(names.map((name) => [`${of}:${name}`, scores[name]?.value ?? Number.NaN]));
}

/** A sentence for each figure that has fallen too far or is no longer there, and one where some were never accepted. */
export function fallsOf(expected: Figures, found: Figures): readonly string[] {
  const falls = Object.entries(expected).flatMap(([name, wanted]) => {
    const value = found[name] ?? Number.NaN;
    const fall = isLowerBetter(name) ? value - wanted : wanted - value;
    return fall <= toleranceOf(name) ? [] : [`${name} was ${wanted} and is ${value.toFixed(4)}`];
  });
  const unknown = Object.keys(found).filter((name) => expected[name] === undefined);
  const [first] = unknown;
  return first === undefined
    ? falls
    : [...falls, `${unknown.length} figures were never accepted, ${first} the first of them: run ${ACCEPT}`];
}

export function isLowerBetter(name: string): boolean {
  return LOWER_IS_BETTER.has(lastPart(name));
}

/** Of a figure that is not known, nothing is tolerated. */
export function toleranceOf(name: string): number {
  return (TOLERANCE.get(lastPart(name)) ?? 0) * (SMALL_SET.test(name) ? SMALL_SET_FACTOR : 1);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

export async function readExpected(path: string): Promise<z.infer<typeof expectedSchema>> {
  return expectedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

export async function writeExpected(path: string, model: string, report: Report): Promise<void> {
  const rounded = Object.entries(figuresOf(report)).map(([name, value]) => [name, Number(value.toFixed(4))]);
  await writeFile(path, `${JSON.stringify({ model, figures: Object.fromEntries(rounded) }, undefined, 2)}\n`);
}
