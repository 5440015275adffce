import type { Tally } from '../domain/job.ts';
import type { Severity } from '../domain/severity.ts';
import type { Decision } from '../domain/verdict.ts';

/** Counts records one by one; `tally()` gives the sums. An anomaly is a score at or above the threshold. */
export function tallyCounter(threshold: number) {
  const categories = new Map<string, number>();
  const stages = new Map<string, number>();
  const severities = new Map<Severity, number>();
  const counts = { accepted: 0, rejected: 0, failed: 0, anomalies: 0, degraded: 0 };
  return {
    accept: (decision: Decision) => {
      counts.accepted += 1;
      if (decision.score >= threshold) counts.anomalies += 1;
      if (decision.degraded !== undefined) counts.degraded += 1;
      increment(categories, decision.category);
      increment(stages, decision.stage);
      increment(severities, decision.severity);
    },
    reject: () => {
      counts.rejected += 1;
    },
    fail: () => {
      counts.failed += 1;
    },
    tally: (): Tally => ({
      ...counts,
      byCategory: Object.fromEntries(categories),
      byStage: Object.fromEntries(stages),
      bySeverity: Object.fromEntries(severities),
    }),
  };
}

/** The sum of the segments' tallies, names in the order of their alphabet so that the same job gives the same text. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const total = (pick: (tally: Tally) => number) => tallies.reduce((sum, tally) => sum + pick(tally), 0);
  return {
    accepted: total(({ accepted }) => accepted),
    rejected: total(({ rejected }) => rejected),
    failed: total(({ failed }) => failed),
    anomalies: total(({ anomalies }) => anomalies),
    degraded: total(({ degraded }) => degraded),
    byCategory: sumRecords(tallies.map(({ byCategory }) => byCategory)),
    byStage: sumRecords(tallies.map(({ byStage }) => byStage)),
    bySeverity: sumRecords(tallies.map(({ bySeverity }) => bySeverity)),
  };
}

/** Records counted, whatever became of them. */
export function recordsOf({ accepted, rejected, failed }: Tally): number {
  return accepted + rejected + failed;
}

function sumRecords(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const record of records) for (const [name, count] of Object.entries(record)) increment(sums, name, count);
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function increment<Name>(counts: Map<Name, number>, name: Name, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
