import { describe, expect, it } from 'vitest';
import { judgeRecords } from '../../../lib/cascade/judge-records.ts';
import { aLogRecord } from '../../factories/records.ts';
import { aCascade, anEmbeddingModel } from './a-cascade.ts';

const options = { threshold: 0.5 };
const blanks = ['', ' ', '\n\t\r', '\u0000\u0007', '\u200b\ufeff\u00a0'];

describe('a record without text', () => {
  it('leaves its neighbours their verdicts and their places', async () => {
    const model = anEmbeddingModel();
    const cascade = await aCascade({ model });
    const asked = model.asked.length;

    const verdicts = await judgeRecords(
      cascade,
      'acme',
      ['an apple', '', 'a hammer', '\u0000'].map((message) => aLogRecord({ message })),
      options,
    );

    expect(verdicts.map(({ category }) => category)).toEqual(['Fruit', 'Unclassified', 'Tool', 'Unclassified']);
    expect(model.asked.slice(asked)).toEqual(['an apple', 'a hammer']);
  });

  it.each(blanks)('is told so: %j', async (message) => {
    const cascade = await aCascade();

    const [verdict] = await judgeRecords(cascade, 'acme', [aLogRecord({ message, level: 'WARN' })], options);

    expect(verdict).toMatchObject({
      category: 'Unclassified',
      confidence: 0,
      stage: 'none',
      severity: 'warn',
      reason: 'the record holds no text',
      anomaly: { score: 0, isAnomaly: false, threshold: 0.5 },
    });
    expect(verdict).not.toHaveProperty('degraded');
  });

  it.each(['.', '0', '\ud800', '日'])('is not one that holds %j', async (message) => {
    const model = anEmbeddingModel();
    const cascade = await aCascade({ model });
    const asked = model.asked.length;

    await judgeRecords(cascade, 'acme', [aLogRecord({ message })], options);

    expect(model.asked).toHaveLength(asked + 1);
  });
});
