import { describe, expect, it } from 'vitest';
import { judgeEntries } from '../../../lib/http/judge-entries.ts';
import { aLogRecord } from '../../factories/records.ts';
import { fakeCascade } from '../../fakes/cascade.ts';

const options = { threshold: 0.5 };
const blanks = ['', ' ', '\n\t\r', '\u0000\u0007', '\u200b\ufeff\u00a0'];

describe('judgeEntries', () => {
  it('asks the cascade about entries with text only, and keeps every place', async () => {
    const cascade = fakeCascade();
    const texts = ['one', '', 'two', ' ', 'three'];

    const verdicts = await judgeEntries(
      cascade,
      'acme',
      texts.map((message) => aLogRecord({ message })),
      options,
    );

    expect(cascade.asked.map(({ pattern }) => pattern)).toEqual(['one', 'two', 'three']);
    expect(verdicts.map(({ pattern }) => pattern)).toEqual(['one', '', 'two', '', 'three']);
  });

  it.each(blanks)('calls %j an entry without text', async (message) => {
    const [verdict] = await judgeEntries(fakeCascade(), 'acme', [aLogRecord({ message, level: 'WARN' })], options);

    expect(verdict).toMatchObject({
      category: 'Unclassified',
      confidence: 0,
      stage: 'none',
      severity: 'warn',
      reason: 'the entry holds no text',
      anomaly: { score: 0, isAnomaly: false, threshold: 0.5 },
    });
  });

  it.each(['.', '0', '\ud800', '日', `${' '.repeat(1_000_000)}x`])(
    'has the cascade judge text, however little',
    async (message) => {
      const cascade = fakeCascade();

      await judgeEntries(cascade, 'acme', [aLogRecord({ message })], options);

      expect(cascade.asked).toHaveLength(1);
    },
  );
});
