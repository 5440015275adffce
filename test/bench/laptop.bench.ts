import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { classifyFile } from '../../infra/commands/classify/classify-file.ts';
import { functions } from '../../infra/topology.ts';
import { aFolder } from '../factories/a-folder.ts';
import { type BenchFigure, benchRecords } from './masking.bench.ts';

const LINES = 100_000;
const script = resolve(import.meta.dirname, '../../infra/local/start.ts');
/** What the process that holds emulators and gateway may come to; functions have their limit from the topology. */
const PARENT_MB = 512;

/**
 * `npm start` with a CSV of 100,000 lines: from the bucket to its results file, models not loaded and cache empty. The
 * limit is the same file through the same cascade without servers. Then the largest resident memory of each process
 * (Linux only), against what it is given.
 */
export async function laptopBench(): Promise<BenchFigure[]> {
  await using folder = await aFolder();
  const file = join(folder.path, 'bench.csv');
  await writeFile(file, aCsvOf(LINES));
  const out = join(folder.path, 'bench-results.csv');
  const { ms } = await classifyFile({ file, out, json: false, threshold: 0.5, columns: {} });
  const stack = await throughStack(file, join(folder.path, 'state'));
  const [value, limit] = [linesPerSecond(stack.ms), linesPerSecond(ms)];
  return [{ name: 'bucket to results', value, unit: 'lines/s', limit, ratio: value / limit }, ...stack.memory];
}

/** Runs `npm start -- FILE` until it serves, looks at its processes, and stops it. */
async function throughStack(file: string, state: string): Promise<{ ms: number; memory: BenchFigure[] }> {
  const child = spawn(process.execPath, [script, file, '--state', state, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let seconds: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    seconds ??= / completed in ([\d.]+) s: /.exec(line)?.[1];
    if (line.startsWith('Ready after')) break;
  }
  const memory = memoryFigures(child.pid ?? 0);
  child.kill('SIGINT');
  await closed;
  if (seconds === undefined) throw new Error('the file did not come through');
  return { ms: Number(seconds) * 1_000, memory };
}

function aCsvOf(lines: number): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = benchRecords(lines).map(({ source, message }) => `${quote(source)},${quote(message)}\n`);
  return `source,message\n${rows.join('')}`;
}

const linesPerSecond = (ms: number) => Math.round((LINES / ms) * 1_000);

/** Of several processes of a function, that of the largest. */
function memoryFigures(pid: number): BenchFigure[] {
  const children = readProc(`${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  const figures = children.map((child) => {
    const name = /AWS_LAMBDA_FUNCTION_NAME=([^\0]+)/.exec(readProc(`${child}/environ`))?.[1] ?? 'a child';
    return memoryFigure(name, child, memoryMbOf(name));
  });
  const largest = figures
    .toSorted((a, b) => b.value - a.value)
    .filter(({ name }, at, all) => all.findIndex((figure) => figure.name === name) === at);
  return [memoryFigure('emulators and gateway', String(pid), PARENT_MB), ...largest];
}

function memoryMbOf(name: string): number {
  return Object.entries(functions).find(([known]) => known === name)?.[1].memoryMb ?? Number.NaN;
}

function memoryFigure(name: string, pid: string, limit: number): BenchFigure {
  const kilobytes = Number(/VmHWM:\s+(\d+) kB/.exec(readProc(`${pid}/status`))?.[1] ?? Number.NaN);
  const value = Math.round(kilobytes / 1_024);
  return { name: `peak memory of ${name}`, value, unit: 'MB', limit, ratio: value / limit };
}

/** Empty where there is no /proc. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await laptopBench());
