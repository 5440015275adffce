import { cutsOf, evenWeights, type Forecast, rank } from '../metrics/ranked.ts';
import { legend, plot, polyline } from './frame.ts';

/** Most points of a line: a curve of 20,000 lines is no clearer than one of 200. */
const MOST_POINTS = 200;

export interface Curve {
  readonly name: string;
  readonly forecasts: readonly Forecast[];
}

/** Precision over recall at every threshold, a line for each system. The share of anomalies is what guessing gets. */
export function precisionRecallPlot(title: string, curves: readonly Curve[]): string {
  const lines = curves[0]?.forecasts ?? [];
  const share = lines.filter(({ outcome }) => outcome).length / Math.max(1, lines.length);
  const guessing = polyline(
    [
      [0, share],
      [1, share],
    ],
    curves.length,
  );
  return plot({
    title,
    subtitle: `${lines.length} lines, ${(share * 100).toFixed(0)}% of them anomalies`,
    x: 'Recall (share of the anomalies found)',
    y: 'Precision (share of what was found that is one)',
    inside: [
      guessing,
      ...curves.map(({ forecasts }, at) => polyline(pointsOf(forecasts), at)).reverse(),
      legend([...curves.map(({ name }) => name), 'guessing'], [0.04, 0.24]),
    ],
  });
}

function pointsOf(forecasts: readonly Forecast[]): readonly (readonly [number, number])[] {
  const { count, said, hits } = cutsOf(rank(forecasts), evenWeights(forecasts.length));
  const positive = hits[count - 1] ?? 0;
  if (positive === 0) return [];
  const every = Math.ceil(count / MOST_POINTS);
  const points: [number, number][] = [];
  for (let at = 0; at < count; at++)
    if (at % every === 0 || at === count - 1)
      points.push([(hits[at] ?? 0) / positive, (hits[at] ?? 0) / (said[at] ?? 1)]);
  return points;
}
