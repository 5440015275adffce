/** `npm run eval:all`, as `ALL_USAGE` says it. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { ALL_USAGE, DEFAULT_DATA, dataFolder, readAllArguments } from './all-arguments.ts';
import { asksForHelp } from './arguments.ts';
import { declaredPrior } from './data/declared-prior.ts';
import { EXPECTED_PATH, writeExpected } from './expected.ts';
import { writeManifestScores } from './manifest-scores.ts';
import { openJudge } from './open-judge.ts';
import type { Bench, KeptScores } from './reporting/bench.ts';
import { evaluateAll } from './reporting/evaluate-all.ts';
import { tablesOf } from './reporting/tables.ts';
import { writeReport } from './reporting/write-report.ts';
import { readSets } from './sets.ts';

const ROOT = join(import.meta.dirname, '../..');
const SEED = 20261121;
const keptSchema = z.record(z.string(), z.record(z.string(), z.number()));

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  if (asksForHelp(given)) return console.log(ALL_USAGE);
  const args = readAllArguments(given, {
    models: join(ROOT, 'models'),
    sets: join(import.meta.dirname, 'sets'),
  });
  const data = dataFolder(args, DEFAULT_DATA);
  const sets = await readSets(args.sets);
  const prior = await declaredPrior(args.models);
  const resampling = { resamples: args.resamples, seed: SEED };
  const bench: Bench = { prior, resampling, against: await keptScores(args.against), kept: {} };
  const judge = await openJudge(args.models, { threads: availableParallelism(), clock: { now: () => new Date() } });
  try {
    const run = {
      date: new Date().toISOString(),
      cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
      node: process.version,
      model: `${judge.model.id}@${judge.model.version}`,
      cascade: judge.version,
      prior,
      resamples: args.resamples,
    };
    const say = (step: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${step}`);
    const made = await evaluateAll({ judge, bench, sets, modelsFolder: args.models, dataFolder: data, say });
    const head = Object.entries(run).map(([name, value]) => `${name}: ${value}`);
    const text = `${head.join('\n')}\n\n${tablesOf(made.report)}`;
    console.log(text);
    const report = { run, ...made.report };
    const out = args.accept ? join(args.models, 'evaluation') : args.out;
    if (out !== undefined) await writeReport(out, report, text, made);
    if (args.scores !== undefined) await writeFile(args.scores, `${JSON.stringify(bench.kept)}\n`);
    if (args.accept) {
      await writeExpected(EXPECTED_PATH, run.model, made.report);
      await writeManifestScores(args.models, report);
    }
  } finally {
    await judge.close();
  }
}

async function keptScores(path: string | undefined): Promise<KeptScores> {
  if (path === undefined) return {};
  try {
    return keptSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new InvalidInput('arguments', `${path} holds no scores of an earlier run`, { cause });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof InvalidInput ? 2 : 1;
}
