import { beside, columns, count, counted, cut, printable, type Style, seconds, share } from './screen.ts';

/** What is shown of a job that has ended. */
export interface EndedJob {
  readonly name: string;
  readonly state: 'completed' | 'completed-with-failures' | 'failed';
  readonly ms: number;
  readonly error?: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly failed: number;
  readonly anomalies: number;
  /** Lines whose verdict wanted a stage that was off or did not answer. */
  readonly degraded: number;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly byStage: Readonly<Record<string, number>>;
}

/** A pattern judged an anomaly, for all its lines. */
export interface Anomaly {
  readonly score: number;
  readonly lines: number;
  readonly category: string;
  readonly pattern: string;
  readonly reason: string;
}

/** Categories shown; the others are summed up in one line. */
const maxCategories = 12;
const indent = '  ';

/** A job's counts, categories and stages, and its worst anomalies, as lines of at most `width` characters. */
export function renderJob(job: EndedJob, anomalies: readonly Anomaly[], style: Style, width: number): string[] {
  const lines = [headline(job, style), ''];
  if (job.state === 'failed') return lines;
  const left = table('Category', job.byCategory, maxCategories, style);
  const right = table('Stage', job.byStage, maxCategories, style);
  lines.push(...beside(left, right, 6).map((line) => indent + line), '');
  if (job.degraded > 0) {
    const hint = `${counted(job.degraded, 'line')} would have asked the language model (off without GROQ_API_KEY)`;
    lines.push(style.dim(indent + cut(hint, width - indent.length)), '');
  }
  lines.push(...anomalyLines(job, anomalies, style, width));
  return lines;
}

function headline({ name, state, error, ms, ...counts }: EndedJob, style: Style): string {
  const title = style.bold(printable(name));
  if (state === 'failed') return `${title}  ${style.red('failed')}: ${printable(error ?? 'no reason was given')}`;
  const records = counts.accepted + counts.rejected + counts.failed;
  const parts = [
    `${count(counts.accepted)} judged`,
    `${count(counts.rejected)} rejected`,
    `${count(counts.failed)} failed`,
  ];
  const how = state === 'completed' ? style.green('completed') : style.yellow('completed with failures');
  return `${title}  ${how} in ${seconds(ms)}: ${counted(records, 'record')}, ${parts.join(', ')}`;
}

function table(title: string, counts: Readonly<Record<string, number>>, limit: number, style: Style): string[] {
  const total = Object.values(counts).reduce((sum, value) => sum + value, 0);
  const sorted = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const shown = sorted.slice(0, limit);
  const rest = sorted.slice(limit).reduce((sum, [, value]) => sum + value, 0);
  if (rest > 0) shown.push([`${sorted.length - limit} others`, rest]);
  const rows = shown.map(([name, value]) => [cut(name, 28), count(value), share(value, total)]);
  return columns([[title, 'lines', ''], ...rows], ['left', 'right', 'right'], (cell, row, column) =>
    row === 0 ? style.bold(cell) : column === 2 ? style.dim(cell) : cell,
  );
}

function anomalyLines(job: EndedJob, anomalies: readonly Anomaly[], style: Style, width: number): string[] {
  if (job.anomalies === 0) return [`${indent}${style.bold('No anomalies')}`];
  const title = `${indent}${style.bold('Top anomalies')}  ${style.dim(counted(job.anomalies, 'line'))}`;
  const rows = anomalies.map(({ score, lines, category }) => [score.toFixed(2), count(lines), cut(category, 24)]);
  const heads = columns([['score', 'lines', 'category'], ...rows], ['right', 'right', 'left'], (cell, row, column) =>
    row === 0 ? style.dim(cell) : column === 0 ? style.red(cell) : cell,
  );
  const texts = ['', ...anomalies.map(({ pattern }) => pattern)];
  const plainWidth = Math.max(
    ...columns([['score', 'lines', 'category'], ...rows], ['right', 'right', 'left']).map((line) => line.length),
  );
  const room = Math.max(width - plainWidth - 2 * indent.length, 20);
  const side = beside(
    heads,
    texts.map((text, row) => (row === 0 ? style.dim('pattern, and why') : cut(text, room))),
    2,
  );
  const reasonIndent = ' '.repeat(plainWidth + 2);
  const lines = side.flatMap((line, row) => {
    const reason = anomalies[row - 1]?.reason;
    return reason === undefined ? [line] : [line, style.dim(reasonIndent + cut(reason, room))];
  });
  return [title, ...lines.map((line) => indent + line)];
}
