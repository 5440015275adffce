import { recordsOf } from '../../../lib/jobs/tally.ts';
import { counted, cut, seconds } from '../../local/screen.ts';
import type { ClassifyOutcome } from './classify-file.ts';

const TOP = 5;

/** What a person wants to know of a file at a glance. */
export function summaryLines({ tally, patterns, threshold, ms }: ClassifyOutcome): string[] {
  const records = recordsOf(tally);
  const anomalies = patterns
    .filter(({ decision }) => decision.score >= threshold)
    .sort((one, other) => other.decision.score - one.decision.score || other.count - one.count)
    .slice(0, TOP);
  return [
    `${counted(records, 'record')} in ${seconds(ms)}: ${tally.accepted} judged, ${tally.rejected} rejected`,
    `by category: ${counts(tally.byCategory)}`,
    `by stage:    ${counts(tally.byStage)}`,
    `anomalies:   ${tally.anomalies} (score at or above ${threshold})`,
    ...anomalies.map(({ decision, count, pattern }) => `  ${decision.score.toFixed(2)} ${count}x ${cut(pattern, 100)}`),
  ];
}

function counts(by: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(by).sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}
