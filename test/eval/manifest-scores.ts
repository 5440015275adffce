import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

/** Where a committed report lies in a models folder. */
export const REPORT_PATH = 'evaluation/report.json';

const scored = z.object({ scores: z.record(z.string(), z.object({ value: z.number().or(z.nan()).nullable() })) });
const setSchema = z.object({ variants: z.record(z.string(), scored) });
/** The part of a report of `npm run eval:all` that a model's entry in the manifest repeats. */
const reportSchema = z.object({
  run: z.object({ model: z.string(), prior: z.number() }),
  anomaly: z.record(z.string(), setSchema),
  category: z.object({
    cascade: scored,
    stages: z.object({ 'descriptions alone': scored }),
  }),
  data: z
    .object({ statements: z.object({ cascade: z.record(z.string(), scored) }) })
    .partial()
    .optional(),
});

/** The figures that a model's entry in the manifest shows, each from the report, and the prior under which its score is a probability. */
export function manifestScores(written: unknown) {
  const { run, anomaly, category, data } = reportSchema.parse(written);
  const byWords = (set: string) => {
    const { message } = anomaly[set]?.variants ?? {};
    return only(message, 'f1', 'auc');
  };
  const statements = data?.statements?.cascade;
  return {
    report: REPORT_PATH,
    model: run.model,
    prior: run.prior,
    mixedLines: byWords('mixed'),
    areas: byWords('anomaly'),
    languages: byWords('languages'),
    categories: only(category.cascade, 'macroF1'),
    categoriesByDescription: only(category.stages['descriptions alone'], 'macroF1'),
    ...(statements !== undefined && {
      unseenRepositories: only(statements['all levels'], 'auc', 'brierPrior', 'ecePrior'),
      unseenRepositoriesErrorAgainstInfo: only(statements['error or critical against info'], 'auc'),
    }),
  };
}

function only(report: Partial<z.infer<typeof scored>> | undefined, ...names: readonly string[]) {
  const figures = names.map((name) => [name, report?.scores?.[name]?.value] as const);
  return Object.fromEntries(figures.map(([name, value]) => [name, value && Number(value.toFixed(4))]));
}

/** Puts the figures of a report into the entry of the model that it measured. */
export async function writeManifestScores(modelsFolder: string, written: unknown): Promise<void> {
  const scores = manifestScores(written);
  const path = join(modelsFolder, 'manifest.json');
  const manifest = z
    .looseObject({ models: z.array(z.looseObject({ id: z.string() })) })
    .parse(JSON.parse(await readFile(path, 'utf8')));
  const models = manifest.models.map((entry) =>
    scores.model.startsWith(`${entry.id}@`) ? { ...entry, scores } : entry,
  );
  await writeFile(path, `${JSON.stringify({ ...manifest, models }, undefined, 2)}\n`);
  const format = ['--no-install', 'biome', 'format', '--write', resolve(path)];
  await promisify(execFile)('npx', format, { cwd: import.meta.dirname });
}
