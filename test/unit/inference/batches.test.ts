import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_ROWS, planBatches } from '../../../lib/inference/batches.ts';

const lengths = fc.array(fc.integer({ min: 2, max: 128 }), { maxLength: 200 });

describe('planBatches', () => {
  it('puts every text in one batch, padded by its own length only', () => {
    fc.assert(
      fc.property(lengths, (tokens) => {
        const batches = planBatches(tokens, 128);

        const seen = batches.flatMap(({ indexes }) => [...new Set(indexes)]).sort((a, b) => a - b);
        expect(seen).toEqual([...tokens.keys()]);
        for (const { indexes, length } of batches)
          for (const index of indexes) expect(Math.ceil((tokens[index] ?? 0) / 8) * 8).toBe(length);
      }),
    );
  });

  it('never runs a lone row, whose kernel differs, nor more than a batch', () => {
    fc.assert(
      fc.property(lengths, (tokens) => {
        for (const { indexes } of planBatches(tokens, 128)) {
          expect(indexes.length).toBeGreaterThan(1);
          expect(indexes.length).toBeLessThanOrEqual(BATCH_ROWS);
        }
      }),
    );
  });

  it('never pads beyond what the model takes', () => {
    expect(planBatches([99], 100)).toEqual([{ length: 100, indexes: [0, 0] }]);
  });
});
