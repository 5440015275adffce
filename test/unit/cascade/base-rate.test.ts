import { describe, expect, it } from 'vitest';
import { shiftPrior } from '../../../lib/cascade/content-score.ts';
import { likeliestBaseRate } from '../../../models/training/base-rate.ts';
import { aMaskedRecord } from '../../factories/masked-record.ts';
import { aCascade, SCORE, someSettings } from './a-cascade.ts';

/** Of lines that all read alike, `anomalies` in a hundred are labelled anomalies. */
function hundredAlike(anomalies: number) {
  return Array.from({ length: 100 }, (_, at) => ({
    record: { source: '', message: 'a hammer' },
    label: at < anomalies ? 'anomaly' : 'normal',
  }));
}

describe('likeliestBaseRate', () => {
  it('moves the scores to where the share of anomalies is', async () => {
    const records = hundredAlike(20);
    const found = await likeliestBaseRate(await aCascade(), records, { positive: 'anomaly', prior: SCORE.prior });

    const cascade = await aCascade({ settings: someSettings({ anomalyBaseRate: found.anomalyBaseRate }) });
    const again = await likeliestBaseRate(cascade, records, { positive: 'anomaly', prior: found.anomalyBaseRate });

    expect(found).toMatchObject({ records: 100, share: 0.2 });
    expect(found.logLoss.there).toBeLessThanOrEqual(found.logLoss.declared);
    expect(again.anomalyBaseRate).toBeCloseTo(found.anomalyBaseRate, 1);
  });

  it.each([
    ['Anomaly', 'no record is labelled Anomaly'],
    ['anomaly', 'every record is labelled anomaly'],
  ])('is unknown where all records are of one kind (%s)', async (positive, why) => {
    const asked = likeliestBaseRate(await aCascade(), hundredAlike(100), { positive, prior: SCORE.prior });

    await expect(asked).rejects.toThrow(why);
  });
});

describe('the setting anomalyBaseRate', () => {
  it("moves the cascade's scores by Bayes' rule, and its version", async () => {
    const question = aMaskedRecord({ canonical: 'a hammer' });
    const declared = await aCascade();
    const rare = await aCascade({ settings: someSettings({ anomalyBaseRate: 0.02 }) });

    const [usual] = await declared.decide('acme', [question]);
    const [strict] = await rare.decide('acme', [question]);

    expect(strict?.score).toBeCloseTo(shiftPrior(usual?.score ?? Number.NaN, SCORE.prior, 0.02), 10);
    expect(rare.version).not.toBe(declared.version);
  });

  it('leaves a text in a script the model does not cover at the base rate, and says why', async () => {
    const cascade = await aCascade({ settings: someSettings({ anomalyBaseRate: 0.02 }) });

    const [decision] = await cascade.decide('acme', [aMaskedRecord({ pattern: '데이터베이스 연결에 실패했습니다' })]);

    expect(decision?.score).toBeCloseTo(0.02, 10);
    expect(decision?.reason).toContain('written in Hangul, which the model does not cover');
  });
});
