import type { Layout } from '../../lib/domain/job.ts';
import type { Verdict } from '../../lib/domain/verdict.ts';
import { createRowRenderer } from '../../lib/ingest/render-row.ts';
import { readRows, type SourceRow } from '../../lib/ingest/row-reader.ts';
import { createRecordScanner } from '../../lib/ingest/scan-records.ts';

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same unit for the least that any way of doing it must do, in the same run. */
  readonly limit: number;
  /** value / limit. */
  readonly ratio: number;
}

const ROWS = 300_000;
const BUFFER_BYTES = 64 * 1024;
const ROUNDS = 5;

const layout: Layout = {
  format: 'csv',
  delimiter: ',',
  header: ['timestamp', 'source', 'log_message', 'host', 'bytes'],
  columns: { message: 'log_message', source: 'source', timestamp: 'timestamp' },
  joinContinuations: false,
  defaultSource: 'bench',
};
const verdict: Verdict = {
  category: 'User Action',
  confidence: 0.98766,
  anomaly: { score: 0.0123, isAnomaly: false, threshold: 0.5 },
  severity: 'info',
  stage: 'rule',
  model: { id: 'rules', version: '1' },
  reason: 'rule user-login: a user logged in',
  patternId: '0123456789abcdef',
  pattern: 'User <USER> logged in',
};

/** Scanning, reading and rendering simple CSV on one core, each beside its raw limit; medians of five rounds. */
export async function ingestBench(): Promise<BenchResult[]> {
  const source = Buffer.from(
    '2025-06-27 07:20:25,ModernCRM,User User12345 logged in from 10.2.3.4,host-17,42\n'.repeat(ROWS),
  );
  const quoted = Buffer.from(
    '2025-06-27 07:20:25,ModernCRM,"User ""User12345"" left, at last",host-17,42\n'.repeat(ROWS),
  );
  const rows = await readAll(source.subarray(0, source.length / 10));
  const megabytes = source.length / 1e6;

  const newlines = await median(() => countNewlines(source));
  const lines = await median(() => countNewlines(source, (bytes, from, to) => bytes.toString('utf8', from, to)));
  const texts = rows.map(({ text }) => Buffer.from(text));
  const copies = await median(() => texts.reduce((sum, text) => sum + `${text.toString()},x\n`.length, 0));

  return [
    result('scan CSV', megabytes / (await median(() => scan(source))), 'MB/s', megabytes / newlines),
    result('scan quoted CSV', quoted.length / 1e6 / (await median(() => scan(quoted))), 'MB/s', megabytes / newlines),
    result('read CSV rows', ROWS / (await median(() => readAll(source))), 'rows/s', ROWS / lines),
    result('render CSV rows', rows.length / (await median(() => render(rows))), 'rows/s', rows.length / copies),
  ];
}

function result(name: string, value: number, unit: string, limit: number): BenchResult {
  return { name, value: Math.round(value), unit, limit: Math.round(limit), ratio: Number((value / limit).toFixed(2)) };
}

/** Seconds of the middle round. */
async function median(work: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function countNewlines(source: Buffer, each: (bytes: Buffer, from: number, to: number) => unknown = () => {}): number {
  let count = 0;
  let from = 0;
  for (let at = source.indexOf(10); at >= 0; at = source.indexOf(10, from)) {
    each(source, from, at);
    from = at + 1;
    count++;
  }
  return count;
}

function scan(source: Buffer): number {
  let count = 0;
  const scanner = createRecordScanner(layout, { offset: 0, line: 1 }, () => {
    count++;
  });
  for (let at = 0; at < source.length; at += BUFFER_BYTES) scanner.push(source.subarray(at, at + BUFFER_BYTES));
  scanner.end();
  return count;
}

async function readAll(source: Buffer): Promise<SourceRow[]> {
  async function* buffers() {
    for (let at = 0; at < source.length; at += BUFFER_BYTES) yield source.subarray(at, at + BUFFER_BYTES);
  }
  const kept: SourceRow[] = [];
  for await (const batch of readRows(layout, buffers(), { row: 1, line: 2 })) {
    if (kept.length < ROWS / 10) kept.push(...batch);
  }
  return kept;
}

function render(rows: readonly SourceRow[]): number {
  const renderRow = createRowRenderer(layout);
  let length = 0;
  // A verdict a row, as if none were shared.
  for (const row of rows) length += renderRow(row, { verdict: { ...verdict } }).length;
  return length;
}
