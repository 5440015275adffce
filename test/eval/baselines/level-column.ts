import { levelToSeverity, SEVERITIES } from '../../../lib/domain/severity.ts';

/** What an alert on the level says: an anomaly from warn upwards, none without a level. Graded within each side, so that it can be ranked. */
export function levelProbability(level: string | undefined): number {
  const severity = levelToSeverity(level);
  return severity === undefined ? 0 : ([0, 0.05, 0.9, 0.95, 1][SEVERITIES.indexOf(severity)] ?? 0);
}
