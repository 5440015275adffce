import { describe, expect, it } from 'vitest';
import type { DecideOptions } from '../../../lib/cascade/types.ts';
import { classifyBodySchema, classifyEntries } from '../../../lib/http/classify-route.ts';
import { fakeCascade } from '../../fakes/cascade.ts';

const ask = (body: unknown, options: Partial<Parameters<typeof classifyEntries>[3]> = {}, cascade = fakeCascade()) =>
  classifyEntries(cascade, 'acme', classifyBodySchema.parse(body), {
    anomalyThreshold: 0.5,
    remainingMs: () => 20_000,
    ...options,
  });
const lines = Array.from({ length: 50 }, (_, index) => `a line of words ${String.fromCharCode(97 + (index % 26))}`);

describe('classifyRoute', () => {
  it('counts what it answers', async () => {
    const { results, summary } = await ask({ log_entries: lines });
    const having = (has: (result: (typeof results)[number]) => boolean) => results.filter(has).length;

    expect(summary.records).toBe(50);
    expect(summary.anomalies).toBe(having(({ anomaly }) => anomaly.isAnomaly));
    expect(summary.degraded).toBe(having(({ degraded }) => degraded === true));
    for (const [category, count] of Object.entries(summary.byCategory))
      expect(results.filter((result) => result.target_label === category)).toHaveLength(Number(count));
  });

  it('reads under the threshold asked, else under the service’s own', async () => {
    const thresholds = await Promise.all([
      ask({ log_entries: ['a'] }, { anomalyThreshold: 0.7 }),
      ask({ log_entries: ['a'], threshold: 0.2 }, { anomalyThreshold: 0.7 }),
      ask({ log_entries: ['a'], threshold: 0 }, { anomalyThreshold: 0.7 }),
    ]);

    expect(thresholds.map(({ results }) => results[0]?.anomaly.threshold)).toEqual([0.7, 0.2, 0]);
  });

  it('tells the cascade whose records they are and when the answer is due', async () => {
    const asked: { tenant: string; remaining: number | undefined }[] = [];
    const fake = fakeCascade();
    const cascade = {
      ...fake,
      decide: (tenant: string, questions: Parameters<typeof fake.decide>[1], options?: DecideOptions) => {
        asked.push({ tenant, remaining: options?.remainingMs?.() });
        return fake.decide(tenant, questions);
      },
    };

    await ask({ log_entries: ['a'] }, { remainingMs: () => 123 }, cascade);

    expect(asked).toEqual([{ tenant: 'acme', remaining: 123 }]);
  });
});
