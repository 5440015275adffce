import type { LogRecord } from '../domain/record.ts';
import type { Verdict } from '../domain/verdict.ts';
import { courseOf, type PlotData, readTime } from './plot-data.ts';

/** Records that were judged now, with the row that each was. */
export interface JudgedRecord {
  readonly row: number;
  readonly record: LogRecord;
  readonly verdict: Verdict;
}

export function plotRecords(
  judged: readonly JudgedRecord[],
  { name, threshold, notRead }: { name: string; threshold: number; notRead: number },
): PlotData {
  return {
    name,
    threshold,
    notRead,
    records: judged.length,
    anomalies: judged.filter(({ verdict }) => verdict.anomaly.isAnomaly).length,
    byCategory: countBy(judged, ({ verdict }) => verdict.category),
    byStage: countBy(judged, ({ verdict }) => verdict.stage),
    course: courseOf(
      judged.map(({ row, record, verdict }) => ({
        row,
        at: readTime(record.timestamp),
        isAnomaly: verdict.anomaly.isAnomaly,
      })),
    ),
    patterns: commonest(judged),
  };
}

function countBy(judged: readonly JudgedRecord[], nameOf: (one: JudgedRecord) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const one of judged) counts.set(nameOf(one), (counts.get(nameOf(one)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** A pattern's category and score are those of its first record. */
function commonest(judged: readonly JudgedRecord[]): PlotData['patterns'] {
  const patterns = new Map<string, { pattern: string; count: number; category: string; score: number }>();
  for (const { verdict } of judged) {
    const { patternId, pattern, category, anomaly } = verdict;
    const known = patterns.get(patternId) ?? { pattern, count: 0, category, score: anomaly.score };
    known.count += 1;
    patterns.set(patternId, known);
  }
  return [...patterns.values()].sort((one, other) => other.count - one.count);
}
