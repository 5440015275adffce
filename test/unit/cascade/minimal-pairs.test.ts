import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { MINIMAL_PAIRS } from './minimal-pairs.ts';

const cascade = await openCascade({
  modelsFolder: join(import.meta.dirname, '../../../models'),
  threads: 1,
  clock: fakeClock(),
});
const lines = MINIMAL_PAIRS.flatMap(({ fine, worse }) => [fine, worse]);
const decisions = await cascade.decide(
  'acme',
  lines.map((message) => maskRecord({ source: '', message })),
);
afterAll(() => cascade.close());

describe('the content score of the shipped model and coefficients', () => {
  it.each(MINIMAL_PAIRS.map((pair, at) => ({ ...pair, at })))('puts "$worse" above "$fine"', ({ at, sides }) => {
    const [fine = 1, worse = 0] = decisions.slice(2 * at, 2 * at + 2).map(({ score }) => score);

    expect(worse).toBeGreaterThan(fine);
    if (sides === 'apart') expect([fine < 0.5, worse >= 0.5]).toEqual([true, true]);
  });
});
