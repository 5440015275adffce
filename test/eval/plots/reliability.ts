import { calibrationGap, reliabilityBins } from '../metrics/calibration.ts';
import { evenWeights, type Forecast, rank } from '../metrics/ranked.ts';
import { plot, STROKES, xOf, yOf } from './frame.ts';

/** Reliability diagram of ten bins: what was said against what happened, a circle's area for the lines in a bin, a bar for the 95% interval of its share [Wilson]. */
export function reliabilityPlot(title: string, axes: { x: string; y: string }, forecasts: readonly Forecast[]): string {
  const ranked = rank(forecasts);
  const weights = evenWeights(forecasts.length);
  const bins = reliabilityBins(ranked, weights).filter(({ weight }) => weight > 0);
  const diagonal = `<line x1="${xOf(0)}" y1="${yOf(0)}" x2="${xOf(1)}" y2="${yOf(1)}" stroke="#666666" stroke-dasharray="5 5"/>`;
  const gap = forecasts.length === 0 ? 'unknown' : calibrationGap(ranked, weights).toFixed(3);
  const notes = [note(`calibration error ${gap}`, 0.11), note('dashed: perfectly calibrated', 0.04)];
  const marks = bins.map(({ weight, meanProbability, shareTrue }) => {
    const [low, high] = wilson(shareTrue, weight);
    const x = xOf(meanProbability);
    const radius = (3 + 15 * Math.sqrt(weight / forecasts.length)).toFixed(1);
    return `<line x1="${x}" y1="${yOf(low)}" x2="${x}" y2="${yOf(high)}" stroke="${STROKES[0].colour}" stroke-width="1.5"/><circle cx="${x}" cy="${yOf(shareTrue)}" r="${radius}" fill="${STROKES[0].colour}" fill-opacity="0.55" stroke="${STROKES[0].colour}"><title>${weight} lines: said ${meanProbability.toFixed(2)}, true ${shareTrue.toFixed(2)}</title></circle>`;
  });
  const subtitle = `${forecasts.length} lines in ten bins; circles by number of lines, bars 95% intervals`;
  return plot({ title, subtitle, ...axes, inside: [diagonal, ...marks, ...notes] });
}

function note(text: string, height: number): string {
  return `<text x="${xOf(0.98)}" y="${yOf(height)}" text-anchor="end" fill="#4d4d4d">${text}</text>`;
}

/** The score interval of a share. */
function wilson(share: number, count: number): readonly [number, number] {
  const z2 = 1.96 ** 2;
  const middle = (share + z2 / (2 * count)) / (1 + z2 / count);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))) / (1 + z2 / count);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
