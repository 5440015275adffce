import { UNCLASSIFIED } from '../../domain/verdict.ts';

/** What a stage said of a pattern that it had not seen: its likeliest category, how sure it was, and the truth. */
export interface Forecast {
  readonly category: string;
  readonly confidence: number;
  readonly truth: string;
}

export interface ChosenThreshold {
  readonly threshold: number;
  /** Of what is settled there, lines of no label counting twice. */
  readonly precision: number;
  /** Share of the forecasts that is settled there. */
  readonly coverage: number;
  /** The precision it was chosen for, and whether that is held at it. */
  readonly wanted: number;
  readonly reached: boolean;
}

/** A label gets a threshold of its own only where this many templates bear it out. */
export const LEAST_GROUPS = 30;
/** A category is never settled that is likelier wrong than right. */
export const LOWEST_THRESHOLD = 0.5;
/** A precision that fewer forecasts than this show is luck. */
const LEAST_SETTLED = 10;
/** Lines of no label are far commoner in life than among labelled ones: a wrong answer to one counts twice. */
const ROUTINE_WEIGHT = 2;
const CANDIDATES = Array.from({ length: 100 }, (_, step) => Number((LOWEST_THRESHOLD + step * 0.005).toFixed(3)));

/**
 * The lowest threshold, from 0.5 up, at which the forecasts settled are right as often as wanted; where none is, the one
 * at which they are right most often. Without ten forecasts to go by: 0.5.
 */
export function chooseThreshold(forecasts: readonly Forecast[], wanted: number): ChosenThreshold {
  const telling = CANDIDATES.filter((threshold) => settledFrom(threshold, forecasts).length >= LEAST_SETTLED).map(
    (threshold) => settledAt(forecasts, threshold, wanted),
  );
  const lowest = telling.find(({ reached }) => reached);
  return lowest ?? mostPrecise(telling) ?? settledAt(forecasts, LOWEST_THRESHOLD, wanted);
}

/** How often right is wanted: of a label that is named, and of all others. */
export interface WantedPrecision {
  readonly others: number;
  readonly of: ReadonlyMap<string, number>;
}

/** The threshold for all labels, and one for each that has templates enough. */
export function chooseThresholds(
  forecasts: readonly Forecast[],
  groups: ReadonlyMap<string, number>,
  wanted: WantedPrecision,
): { shared: ChosenThreshold; own: ReadonlyMap<string, ChosenThreshold> } {
  const own = [...groups]
    .filter(([, count]) => count >= LEAST_GROUPS)
    .map(([label]): [string, ChosenThreshold] => [
      label,
      chooseThreshold(
        forecasts.filter(({ category }) => category === label),
        wanted.of.get(label) ?? wanted.others,
      ),
    ]);
  return { shared: chooseThreshold(forecasts, wanted.others), own: new Map(own) };
}

function settledFrom(threshold: number, forecasts: readonly Forecast[]): readonly Forecast[] {
  return forecasts.filter(({ confidence }) => confidence >= threshold);
}

function settledAt(forecasts: readonly Forecast[], threshold: number, wanted: number): ChosenThreshold {
  const settled = settledFrom(threshold, forecasts);
  const right = settled.filter(({ category, truth }) => category === truth).length;
  const routine = settled.filter(({ truth }) => truth === UNCLASSIFIED).length;
  const precision = settled.length === 0 ? 0 : right / (settled.length + (ROUTINE_WEIGHT - 1) * routine);
  return {
    threshold,
    precision,
    coverage: settled.length / Math.max(1, forecasts.length),
    wanted,
    reached: settled.length > 0 && precision >= wanted,
  };
}

function mostPrecise(tried: readonly ChosenThreshold[]): ChosenThreshold | undefined {
  return tried.reduce<ChosenThreshold | undefined>(
    (best, one) => (best === undefined || one.precision > best.precision ? one : best),
    undefined,
  );
}
