import { shiftPrior } from '../../lib/cascade/content-score.ts';
import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import type { Cascade } from '../../lib/cascade/types.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { LabelledRecord } from './labelled-csv.ts';

const STEPS = 400;

/**
 * The base rate under which an owner's labelled records are likeliest, given their scores for `prior`: one number that moves the
 * scores onto the owner's own lines. It takes in their share of anomalies and what is wrong with the scores there, on average.
 * Throws `InvalidInput('file')` where no record is an anomaly, or all are.
 */
export async function likeliestBaseRate(
  cascade: Cascade,
  records: readonly LabelledRecord[],
  given: { readonly positive: string; readonly prior: number },
) {
  const isAnomalous = ({ label }: LabelledRecord) => label === given.positive;
  const anomalies = records.filter(isAnomalous).length;
  if (anomalies === 0 || anomalies === records.length)
    throw new InvalidInput(
      'file',
      `${anomalies === 0 ? 'no record' : 'every record'} is labelled ${given.positive}: both kinds are needed`,
    );
  const verdicts = await judgeRecords(
    cascade,
    'base-rate',
    records.map(({ record }) => record),
    { threshold: 0.5 },
  );
  const judged = verdicts.map(({ anomaly }, at) => ({
    score: anomaly.score,
    anomalous: records[at] !== undefined && isAnomalous(records[at]),
  }));
  const lossAt = (rate: number) =>
    judged.reduce((sum, { score, anomalous }) => {
      const shifted = Math.min(1 - 1e-6, Math.max(1e-6, shiftPrior(score, given.prior, rate)));
      return sum - Math.log(anomalous ? shifted : 1 - shifted) / judged.length;
    }, 0);
  // In equal steps of log-odds from .0001 to .9999: the loss is convex there.
  const candidates = Array.from({ length: STEPS }, (_, at) => 1 / (1 + Math.exp(9.2 - (18.4 * at) / (STEPS - 1))));
  const best = candidates.reduce((a, b) => (lossAt(b) < lossAt(a) ? b : a));
  return {
    records: judged.length,
    share: anomalies / judged.length,
    anomalyBaseRate: Number(best.toPrecision(3)),
    logLoss: { declared: lossAt(given.prior), there: lossAt(best) },
  };
}
