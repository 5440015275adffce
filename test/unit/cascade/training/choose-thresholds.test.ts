import { describe, expect, it } from 'vitest';
import {
  chooseThreshold,
  chooseThresholds,
  type Forecast,
  LEAST_GROUPS,
} from '../../../../lib/cascade/training/choose-thresholds.ts';

function forecasts(count: number, confidence: number, right: number, category = 'Tea'): Forecast[] {
  return Array.from({ length: count }, (_, at) => ({ category, confidence, truth: at < right ? category : 'Other' }));
}

describe('chooseThreshold', () => {
  it('is the lowest at which the answers settled are right as often as wanted', () => {
    const chosen = chooseThreshold(
      [...forecasts(60, 0.9, 60), ...forecasts(20, 0.7, 18), ...forecasts(20, 0.6, 4)],
      0.95,
    );

    expect(chosen).toMatchObject({ threshold: 0.605, precision: 78 / 80, coverage: 0.8, reached: true });
  });

  it('is never below one half', () => {
    const chosen = chooseThreshold(forecasts(50, 0.3, 50), 0.95);

    expect(chosen).toMatchObject({ threshold: 0.5, coverage: 0 });
  });

  it('is where most are right, and says so, where the wanted share is out of reach', () => {
    const chosen = chooseThreshold([...forecasts(30, 0.8, 24), ...forecasts(30, 0.6, 10)], 0.95);

    expect(chosen).toMatchObject({ threshold: 0.605, precision: 0.8, reached: false });
  });

  it('takes no precision of fewer than ten answers for more than luck', () => {
    const chosen = chooseThreshold([...forecasts(5, 0.99, 5), ...forecasts(20, 0.6, 15)], 0.95);

    expect(chosen).toMatchObject({ threshold: 0.5, precision: 0.8, reached: false });
  });

  it('takes that of ten, of however many: (10 / 77) * 77 is less than 10', () => {
    const chosen = chooseThreshold([...forecasts(10, 0.9, 10), ...forecasts(67, 0.6, 20)], 0.95);

    expect(chosen).toMatchObject({ threshold: 0.605, precision: 1, reached: true });
  });
});

describe('chooseThresholds', () => {
  it('gives a label one of its own where it has templates enough, and all others one together', () => {
    const answers = [...forecasts(40, 0.9, 40), ...forecasts(40, 0.6, 40), ...forecasts(40, 0.7, 10, 'Coffee')];
    const groups = new Map([
      ['Tea', LEAST_GROUPS],
      ['Coffee', LEAST_GROUPS - 1],
    ]);

    const { shared, own } = chooseThresholds(answers, groups, { others: 0.95, of: new Map() });

    expect([...own.keys()]).toEqual(['Tea']);
    expect(own.get('Tea')).toMatchObject({ threshold: 0.5, reached: true });
    expect(shared).toMatchObject({ threshold: 0.705, precision: 1 });
  });

  it('asks of a label what is wanted of it', () => {
    const answers = [...forecasts(40, 0.9, 40), ...forecasts(40, 0.6, 32)];
    const groups = new Map([['Tea', LEAST_GROUPS]]);

    const { shared, own } = chooseThresholds(answers, groups, { others: 0.95, of: new Map([['Tea', 0.9]]) });

    expect(own.get('Tea')).toMatchObject({ threshold: 0.5, wanted: 0.9, reached: true });
    expect(shared).toMatchObject({ threshold: 0.605, wanted: 0.95 });
  });
});
