import { pathToFileURL } from 'node:url';
import { openCascade } from '../../lib/cascade/open-cascade.ts';
import type { Cascade } from '../../lib/cascade/types.ts';
import type { LogRecord } from '../../lib/domain/record.ts';
import { decisionToVerdict } from '../../lib/domain/verdict.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import { type BenchFigure, benchRecords } from './masking.bench.ts';

const LINES = 40_000;
const ROUNDS = 9;
/** A worker decides about a chunk of this many at once. */
const PER_CALL = 2_000;

/** Lines of known patterns on one core: mask, look up, verdict. The limit is the same lines through masking alone. */
export async function cascadeBench(): Promise<BenchFigure[]> {
  const cascade = await openCascade({ modelsFolder: 'models', threads: 1, clock: { now: () => new Date() } });
  const records = benchRecords(LINES);
  for (let warmUp = 0; warmUp < 3; warmUp++) await judgeAll(cascade, records);
  const judged: number[] = [];
  const masked: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    judged.push(await linesPerSecond(records, () => judgeAll(cascade, records)));
    masked.push(await linesPerSecond(records, () => maskAll(records)));
  }
  await cascade.close();
  const value = median(judged);
  const limit = median(masked);
  return [
    {
      name: 'known pattern',
      value: Math.round(value),
      unit: 'lines/s',
      limit: Math.round(limit),
      ratio: value / limit,
    },
  ];
}

async function judgeAll(cascade: Cascade, records: readonly LogRecord[]): Promise<number> {
  let anomalies = 0;
  for (let at = 0; at < records.length; at += PER_CALL) {
    const questions = records.slice(at, at + PER_CALL).map(maskRecord);
    const decisions = await cascade.decide('bench', questions);
    for (const [index, question] of questions.entries()) {
      const decision = decisions[index];
      if (decision !== undefined && decisionToVerdict(decision, question, 0.5).anomaly.isAnomaly) anomalies++;
    }
  }
  return anomalies;
}

async function maskAll(records: readonly LogRecord[]): Promise<number> {
  let characters = 0;
  for (const record of records) characters += maskRecord(record).canonical.length;
  return characters;
}

async function linesPerSecond(records: readonly LogRecord[], run: () => Promise<number>): Promise<number> {
  const begun = performance.now();
  await run();
  return (records.length / (performance.now() - begun)) * 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await cascadeBench());
