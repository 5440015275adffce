import { multiLabelProbabilities } from '../../lib/inference/zero-shot-probabilities.ts';
import type { EntailmentModel } from '../../lib/ports.ts';

/** A line and the hypotheses it is asked, one per label. */
export interface Question {
  readonly text: string;
  readonly hypotheses: readonly string[];
}

/** How the decisions of two precisions of one model compare, over (line, label) pairs. */
export interface DecisionGate {
  readonly pairs: number;
  /** Pairs that fp32 decides: its probability is not within `NEAR_TIE` of one half. */
  readonly decided: number;
  /** Of those, on how many int8 decides the same. */
  readonly agreed: number;
  /** The same over all pairs, ties among them. */
  readonly agreedOfAll: number;
  readonly largestGap: number;
}

/**
 * A pair so near one half is a tie: which side it falls on says nothing, and any rounding may turn it. Ties do not count
 * for the gate and do not count against it, but so many pairs beside them must be decided.
 */
const NEAR_TIE = 0.02;
export const LEAST_DECIDED = 500;
const LEAST_AGREEMENT = 0.99;

/** Whether a label holds of a line: the entailment probability is over one half. */
export async function compareDecisions(
  fp32: EntailmentModel,
  int8: EntailmentModel,
  questions: readonly Question[],
): Promise<DecisionGate> {
  const pairs: { readonly exact: number; readonly rough: number }[] = [];
  for (const { text, hypotheses } of questions) {
    const [exact, rough] = [
      multiLabelProbabilities(await fp32.entail(text, hypotheses)),
      multiLabelProbabilities(await int8.entail(text, hypotheses)),
    ];
    pairs.push(...exact.map((value, index) => ({ exact: value, rough: rough[index] ?? Number.NaN })));
  }
  const agree = ({ exact, rough }: { exact: number; rough: number }) =>
    !Number.isNaN(exact + rough) && exact > 0.5 === rough > 0.5;
  const decided = pairs.filter(({ exact }) => !(Math.abs(exact - 0.5) <= NEAR_TIE));
  return {
    pairs: pairs.length,
    decided: decided.length,
    agreed: decided.filter(agree).length,
    agreedOfAll: pairs.filter(agree).length,
    largestGap: Math.max(0, ...pairs.map(({ exact, rough }) => Math.abs(exact - rough))),
  };
}

/** Why the quantised file is not taken; undefined where it is. */
export function gateRefusal({ pairs, decided, agreed }: DecisionGate): string | undefined {
  if (decided < LEAST_DECIDED)
    return `Accuracy cannot be judged: of ${pairs} (line, label) pairs fp32 decides only ${decided}, ${LEAST_DECIDED} are needed.`;
  if (agreed < LEAST_AGREEMENT * decided)
    return `int8 decides ${percent(agreed, decided)} of the pairs like fp32, ${LEAST_AGREEMENT * 100} % are needed.`;
  return undefined;
}

export function gateLine({ pairs, decided, agreed, agreedOfAll, largestGap }: DecisionGate): string {
  const all = `of all ${pairs} pairs ${percent(agreedOfAll, pairs)}`;
  const gap = `largest difference of a probability ${largestGap.toFixed(3)}`;
  return `int8 agrees with fp32 on ${agreed} of ${decided} decided pairs (${percent(agreed, decided)}); ${all}; ${gap}`;
}

const percent = (part: number, whole: number): string => `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)} %`;
