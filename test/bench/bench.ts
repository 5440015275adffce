import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { cascadeBench } from './cascade.bench.ts';
import { classifyBench } from './classify.bench.ts';
import { inferenceBench } from './inference.bench.ts';
import { ingestBench } from './ingest.bench.ts';
import { laptopBench } from './laptop.bench.ts';
import { type BenchFigure, maskingBench } from './masking.bench.ts';

const BENCHES = {
  masking: maskingBench,
  cascade: cascadeBench,
  inference: inferenceBench,
  ingest: ingestBench,
  classify: classifyBench,
  laptop: laptopBench,
};
const names = Object.keys(BENCHES);
const isBench = (name: string): name is keyof typeof BENCHES => Object.hasOwn(BENCHES, name);

const USAGE = `usage: npm run bench [-- NAME ...] [--json]
  NAME is one of ${names.join(', ')}; without one all run, in under four minutes.
  --json prints JSON instead of a table.`;

/** What a figure is to come to: `min` and `max` of its value, `maxRatio` to its raw limit. */
interface Goal {
  readonly min?: number;
  readonly max?: number;
  readonly maxRatio?: number;
}

const GOALS: Readonly<Record<string, Goal>> = {
  masking: { min: 200_000 },
  'known pattern': { min: 150_000 },
  embedding: { maxRatio: 1.3 },
  'classify, a million lines': { min: 100_000 },
  'classify, CPU of all threads': { max: 12 },
  'classify, a small file': { max: 1.5 },
};

type Row = BenchFigure & { readonly goal: string; readonly met: boolean | undefined };

function toRow(figure: BenchFigure): Row {
  const goal: Goal = GOALS[figure.name] ?? (figure.name.startsWith('peak memory') ? { maxRatio: 1 } : {});
  // A rate falls short of its limit, a time goes beyond it: both are read as how much is lost.
  const lost = figure.unit.endsWith('/s') ? figure.limit / figure.value : figure.ratio;
  const checks = [
    ...(goal.min === undefined ? [] : [figure.value >= goal.min]),
    ...(goal.max === undefined ? [] : [figure.value <= goal.max]),
    ...(goal.maxRatio === undefined ? [] : [lost <= goal.maxRatio]),
  ];
  return { ...figure, goal: goalText(goal), met: checks.length === 0 ? undefined : checks.every(Boolean) };
}

function goalText({ min, max, maxRatio }: Goal): string {
  if (min !== undefined) return `>= ${number(min)}`;
  if (max !== undefined) return `<= ${number(max)}`;
  return maxRatio === undefined ? '' : `within ${maxRatio}x of the limit`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}

function tableLines(rows: readonly Row[]): string[] {
  const cells = [
    ['figure', 'value', 'unit', 'raw limit', 'ratio', 'goal', ''],
    ...rows.map(({ name, value, unit, limit, ratio, goal, met }) => [
      ...[name, number(value), unit, number(limit), ratio.toFixed(2), goal],
      met === undefined ? '' : met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column === 1 || column === 3 || column === 4;
  const pad = (text: string, column: number) =>
    isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return cells.map((row) => row.map(pad).join('  ').trimEnd());
}

function machine(loadBefore: number) {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    date: new Date().toISOString(),
    /** Processes that wanted a core in the last minute, before and after: much above 0 before, and the figures are too low. */
    load: { before: loadBefore, after: loadavg()[0] ?? 0 },
  };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
  const wanted = positionals.length === 0 ? names : positionals;
  const loadBefore = loadavg()[0] ?? 0;
  const rows: Row[] = [];
  for (const name of wanted) {
    if (!isBench(name)) throw new RangeError(`${name} is no bench.\n\n${USAGE}`);
    process.stderr.write(`${name} …\n`);
    rows.push(...(await BENCHES[name]()).map(toRow));
  }
  const on = machine(loadBefore);
  if (values.json) process.stdout.write(`${JSON.stringify({ machine: on, figures: rows }, undefined, 2)}\n`);
  else {
    const { cpu, cores, node, date, load } = on;
    const loads = `load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`;
    const lines = [...tableLines(rows), '', `${cpu}, ${cores} cores, Node ${node}, ${date}, ${loads}`];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return rows.some(({ met }) => met === false) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
