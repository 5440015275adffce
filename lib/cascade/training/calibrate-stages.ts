import { UNCLASSIFIED } from '../../domain/verdict.ts';
import { type Calibration, descriptionsHash, ruleHash } from '../calibration.ts';
import type { Rule, RuleMatcher } from '../rules.ts';
import type { Settings } from '../settings.ts';
import { indexOfHighest, softmax } from '../softmax.ts';
import { type ChosenThreshold, chooseThreshold, type Forecast } from './choose-thresholds.ts';
import { fitTemperature } from './fit-temperature.ts';
import type { Sample } from './labelled-pattern.ts';

interface Count {
  of: number;
  right: number;
}
/** Examples by which a rule is drawn to what rules reach together. */
const PRIOR = 2;

/**
 * How often each rule was right, by template group: `(right + 2p) / (of + 2)`, where `p` is the same share of all rules
 * together, `(right + 1) / (of + 2)` [Laplace's rule of succession]. So a rule seen once is neither 1 nor a coin.
 */
export function countRules(
  rules: readonly Rule[],
  matcher: RuleMatcher,
  samples: readonly Sample[],
  groups: readonly number[],
): Calibration['rules'] {
  const counts = new Map<string, Map<number, boolean>>();
  samples.forEach(({ canonical, label }, at) => {
    const rule = matcher(canonical);
    if (rule === undefined) return;
    const group = groups[at] ?? at;
    const own = counts.get(rule.id) ?? new Map<number, boolean>();
    counts.set(rule.id, own.set(group, (own.get(group) ?? true) && rule.label === label));
  });
  const counted = rules.map((rule): [Rule, Count] => [rule, countOf(counts.get(rule.id))]);
  const [right, of] = [sumOf(counted, 'right'), sumOf(counted, 'of')];
  const together = (right + 1) / (of + 2);
  return Object.fromEntries(
    counted.map(([rule, { of, right }]) => {
      const confidence = Number(((right + PRIOR * together) / (of + PRIOR)).toFixed(3));
      return [rule.id, { rule: ruleHash(rule), of, right, confidence }];
    }),
  );
}

function countOf(groups: ReadonlyMap<number, boolean> = new Map()): Count {
  return { of: groups.size, right: [...groups.values()].filter((right) => right).length };
}

function sumOf(counted: readonly (readonly [Rule, Count])[], which: keyof Count): number {
  return counted.reduce((sum, [, count]) => sum + count[which], 0);
}

/** A stage that is not right often enough at any threshold only guesses. */
const NEVER = 1;

export interface SimilarityFit {
  readonly calibration: Calibration['similarity'];
  /** What the threshold was chosen by. */
  readonly chosen: ChosenThreshold;
  /** What similarity says of each sample, at the temperature. */
  readonly forecasts: readonly (Forecast | undefined)[];
}

/**
 * Temperature of the similarity stage by all samples (it has learned from none of them), threshold by those that no
 * earlier stage was sure about, for those are what it is asked. `similarities` holds each sample's cosines with the
 * labels in the order of the settings and, last, with the background.
 */
export function fitSimilarity(
  settings: Settings,
  samples: readonly Pick<Sample, 'label'>[],
  similarities: readonly (readonly number[])[],
  asked: readonly boolean[],
  precision: number,
): SimilarityFit {
  const names = settings.labels.map(({ name }) => name);
  const targetOf = (label: string) => (label === UNCLASSIFIED ? names.length : names.indexOf(label));
  const judged = samples.map(({ label }, at) => ({ logits: similarities[at] ?? [], target: targetOf(label) }));
  const temperature = Number(fitTemperature(judged).toFixed(4));
  const forecasts = samples.map(({ label }, at): Forecast | undefined => {
    const probabilities = softmax(similarities[at] ?? [], temperature);
    const best = indexOfHighest(probabilities);
    const category = names[best];
    return category === undefined ? undefined : { category, confidence: probabilities[best] ?? 0, truth: label };
  });
  const reached = forecasts.flatMap((forecast, at) => (forecast !== undefined && asked[at] ? [forecast] : []));
  const chosen = chooseThreshold(reached, precision);
  return {
    calibration: {
      descriptions: descriptionsHash(settings),
      temperature,
      threshold: chosen.reached ? chosen.threshold : NEVER,
    },
    chosen,
    forecasts,
  };
}
