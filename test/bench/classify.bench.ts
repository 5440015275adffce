import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aFolder } from '../factories/a-folder.ts';
import type { BenchFigure } from './masking.bench.ts';
import { writeRepetitiveCsv } from './repetitive-csv.ts';

const LINES = 1_000_000;
const SMALL_LINES = 1_000;
const ROUNDS = 3;
const classify = resolve(import.meta.dirname, '../../infra/commands/classify.ts');
const copyLines = resolve(import.meta.dirname, 'copy-lines.ts');

interface Cost {
  readonly seconds: number;
  /** User and system time of all the process's threads; NaN where there is no /proc to say. */
  readonly cpuSeconds: number;
}

/**
 * `npm run classify` as a process, start-up counted, on a million lines of 200 patterns and on a small file. The limit is
 * a process that reads the same file, splits it and writes its lines. Rounds of the two alternate, medians are compared.
 */
export async function classifyBench(): Promise<BenchFigure[]> {
  await using folder = await aFolder();
  const large = join(folder.path, 'large.csv');
  const small = join(folder.path, 'small.csv');
  writeRepetitiveCsv(large, LINES);
  writeRepetitiveCsv(small, SMALL_LINES);
  const many = await interleaved(large, join(folder.path, 'results.csv'));
  const few = await interleaved(small, join(folder.path, 'results.csv'));
  const [ours, bare] = [perLine(many.ours), perLine(many.bare)];
  return [
    figure('classify, a million lines', 1e6 / ours.wall, 'lines/s', 1e6 / bare.wall, 0),
    figure('classify, CPU of all threads', ours.cpu, 'µs/line', bare.cpu, 2),
    figure('classify, a small file', few.ours.seconds, 's', few.bare.seconds, 2),
  ];
}

async function interleaved(file: string, out: string) {
  const ours: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await costOf(classify, file, '--out', out));
    await rm(out);
    bare.push(await costOf(copyLines, file, out));
    await rm(out);
  }
  return { ours: medianCost(ours), bare: medianCost(bare) };
}

async function costOf(...args: readonly string[]): Promise<Cost> {
  const begun = performance.now();
  const cpuBefore = childrenCpuSeconds();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - begun) / 1_000, cpuSeconds: childrenCpuSeconds() - cpuBefore };
}

/** What this process's ended children have used (proc_pid_stat(5): cutime, cstime, in ticks of 10 ms). */
function childrenCpuSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return Number.NaN;
  }
}

function perLine({ seconds, cpuSeconds }: Cost) {
  return { wall: (seconds / LINES) * 1e6, cpu: (cpuSeconds / LINES) * 1e6 };
}

function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function figure(name: string, value: number, unit: string, limit: number, digits: number): BenchFigure {
  return {
    name,
    value: Number(value.toFixed(digits)),
    unit,
    limit: Number(limit.toFixed(digits)),
    ratio: value / limit,
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await classifyBench());
