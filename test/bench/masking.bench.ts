import { pathToFileURL } from 'node:url';
import type { LogRecord } from '../../lib/domain/record.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';

export interface BenchFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The raw limit: the same lines through the cheapest loop that reads every character. */
  readonly limit: number;
  /** value / limit. */
  readonly ratio: number;
}

const LINES = 40_000;
const ROUNDS = 9;

/** Masks lines of ten real shapes, some 100 characters each, no two alike; medians on one core. */
export async function maskingBench(): Promise<BenchFigure[]> {
  const records = benchRecords(LINES);
  for (let warmUp = 0; warmUp < 3; warmUp++) maskAll(records);
  const masked: number[] = [];
  const read: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    masked.push(linesPerSecond(records, maskAll));
    read.push(linesPerSecond(records, readAll));
  }
  const value = median(masked);
  const limit = median(read);
  return [
    { name: 'masking', value: Math.round(value), unit: 'lines/s', limit: Math.round(limit), ratio: value / limit },
  ];
}

/** `count` records of ten shapes in turn, their variable parts drawn from a fixed sequence. */
export function benchRecords(count: number): LogRecord[] {
  const draw = sequence(20_261_121);
  return Array.from({ length: count }, (_, index) => ({
    source: 'bench',
    message: (SHAPES[index % SHAPES.length] ?? plainShape)(draw),
  }));
}

type Draw = (below: number) => number;

const SHAPES: readonly ((draw: Draw) => string)[] = [
  plainShape,
  (draw) =>
    `${clock(draw)} INFO  [http-nio-8080-exec-${draw(99)}] c.e.orders.OrderService - Order ${draw(1e9)} for customer ${draw(1e6)} accepted in ${draw(900)}ms`,
  (draw) =>
    `{"time":"${clock(draw)}","level":"info","service":"checkout","msg":"payment ${draw(1e8)} settled","amount":${draw(9e4)},"trace":"${hex(draw, 16)}"}`,
  (draw) =>
    `time=${clock(draw)} level=warn msg="retrying request to ${address(draw)}:8443" attempt=${draw(9)} backoff=${draw(9000)}ms`,
  (draw) =>
    `Jun ${10 + draw(20)} 15:${10 + draw(50)}:${10 + draw(50)} web${draw(40)} sshd[${draw(60_000)}]: Failed password for invalid user admin from ${address(draw)} port ${draw(60_000)} ssh2`,
  (draw) =>
    `${address(draw)} - - [10/Oct/2025:13:55:${10 + draw(50)} +0000] "GET /api/v1/items/${draw(1e6)} HTTP/1.1" ${200 + draw(4) * 100} ${draw(90_000)} "-" "curl/8.5.0"`,
  (draw) =>
    `Received block blk_${draw(1e9)}${draw(1e9)} of size ${draw(1e8)} from /${address(draw)} to storage tier ${draw(4)} of the cluster`,
  (draw) =>
    `Container ${hex(draw, 12)} of pod web-${hex(draw, 10)} exited with code ${draw(2) * 137} after ${draw(500)} s, memory usage ${draw(100)}% of limit`,
  (draw) =>
    `java.lang.IllegalStateException: session ${uuid(draw)} is closed\n\tat com.example.store.Session.read(Session.java:${draw(900)})`,
  (draw) =>
    `Wrote ${draw(1e6)} rows (${draw(900)}.${draw(9)} MB) to /var/lib/store/segment-${draw(1e5)}.db, checkpoint ${hex(draw, 8)}, ${draw(30)} files merged`,
];

function plainShape(draw: Draw): string {
  return `User User${draw(1e5)} uploaded report_${draw(1e5)}.csv to bucket archive-${draw(100)} and was charged ${draw(500)}.${draw(99)} credits for it`;
}

function clock(draw: Draw): string {
  return `2025-11-${10 + draw(18)}T${10 + draw(13)}:${10 + draw(49)}:${10 + draw(49)}.${100 + draw(899)}Z`;
}

function address(draw: Draw): string {
  return `10.${draw(256)}.${draw(256)}.${draw(256)}`;
}

function hex(draw: Draw, length: number): string {
  return Array.from({ length }, () => draw(16).toString(16)).join('');
}

function uuid(draw: Draw): string {
  return [8, 4, 4, 4, 12].map((length) => hex(draw, length)).join('-');
}

/** Numbers from 0 that depend on the seed alone (mulberry32). */
function sequence(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function maskAll(records: readonly LogRecord[]): number {
  let sum = 0;
  for (const record of records) sum += maskRecord(record).canonical.length;
  return sum;
}

function readAll(records: readonly LogRecord[]): number {
  let sum = 0;
  for (const { message } of records) for (let at = 0; at < message.length; at++) sum += message.charCodeAt(at);
  return sum;
}

function linesPerSecond(records: readonly LogRecord[], run: (records: readonly LogRecord[]) => number): number {
  const begun = performance.now();
  if (run(records) < 0) throw new Error('a sum of lengths is not below zero');
  return (records.length / (performance.now() - begun)) * 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await maskingBench());
