import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../lib/domain/verdict.ts';
import type { Judge } from '../open-judge.ts';
import type { Bench } from './bench.ts';
import { measureLines } from './bench.ts';
import { statementsReport } from './statements.ts';
import { systemsReport } from './systems.ts';

const aBench = (): Bench => ({ prior: 0.5, resampling: { resamples: 20, seed: 1 }, against: {}, kept: {} });

/** A bag that learned nothing. */
const noWords = () => [0.5, 0.5];

/** Takes a text for an anomaly as far as it has exclamation marks. */
const judge: Judge = {
  model: { id: 'marks', version: '1' },
  version: '1',
  matcher: () => undefined,
  stages: new Map(),
  embed: async () => [],
  close: async () => {},
  judge: async (records) =>
    records.map(({ message }): Verdict => {
      const score = Math.min(1, message.split('!').length / 10);
      const anomaly = { score, isAnomaly: score >= 0.5, threshold: 0.5 };
      const model = { id: 'marks', version: '1' };
      const pattern = { pattern: message, patternId: message };
      return { category: 'x', confidence: 0, anomaly, severity: 'info', stage: 'none', model, reason: '', ...pattern };
    }),
};

describe('measureLines', () => {
  it('keeps every score and compares line by line with an earlier run, whatever that run scored besides', () => {
    const lines = [0.9, 0.8, 0.2].map((probability, at) => ({
      id: String(at),
      group: String(at),
      probability,
      outcome: at < 2,
    }));
    const bench = { ...aBench(), against: { set: { 0: 0.1, 1: 0.8, 2: 0.2, other: 1 } } };

    const { scores, gain } = measureLines(bench, 'set', lines);

    expect(bench.kept).toEqual({ set: { 0: 0.9, 1: 0.8, 2: 0.2 } });
    expect(scores.f1?.value).toBe(1);
    expect(gain?.f1?.value).toBeCloseTo(1 - 2 / 3);
    expect(measureLines(bench, 'elsewhere', lines).gain).toBeUndefined();
  });
});

describe('statementsReport', () => {
  it('asks both questions, and means over repositories', async () => {
    const statements = (['debug', 'info', 'warn', 'error', 'critical', 'info'] as const).flatMap((level, at) =>
      ['a/a', 'b/b'].map((repository) => ({
        id: `${repository}${at}`,
        repository,
        level,
        text: `text${'!'.repeat(level === 'info' ? 0 : at + 3)}`,
      })),
    );

    const { report } = await statementsReport(judge, aBench(), statements, noWords);

    expect(report.repositories).toEqual(['a/a', 'b/b']);
    expect(report.cascade['all levels'].n).toBe(12);
    expect(report.cascade['error or critical against info']).toMatchObject({
      n: 8,
      anomalies: 4,
      scores: { auc: { value: 1 } },
    });
    expect(report.byRepository.map(({ n }) => n)).toEqual([6, 6]);
    expect(report.meanOverRepositories.auc).toBe(report.byRepository[0]?.auc);
  });
});

describe('systemsReport', () => {
  it('scores systems whose levels are on both sides, and counts what it flags in the rest', async () => {
    const line = (id: string, template: string, anomaly: boolean | undefined, message: string) => ({
      id,
      template,
      anomaly,
      message,
    });
    const systems = [
      {
        name: 'Levelled',
        lines: [line('1', 'A', false, 'up'), line('2', 'A', false, 'up'), line('3', 'B', true, 'down!!!!!!')],
      },
      { name: 'Bare', lines: [line('1', 'A', undefined, 'up'), line('2', 'B', undefined, 'down!!!!!!')] },
    ];

    const { bySystem, mean } = await systemsReport(judge, aBench(), systems, noWords);

    expect(bySystem.Levelled).toMatchObject({
      templates: 2,
      byTemplate: { n: 2 },
      byLine: { n: 3, scores: { f1: { value: 1 } } },
    });
    expect(bySystem.Bare).toEqual({ templates: 2, templatesFlagged: 0.5 });
    expect(mean).toEqual({
      of: ['Levelled'],
      auc: {
        cascade: { value: 1, low: 1, high: 1 },
        'keyword rule': { value: 0.5, low: 0.5, high: 0.5 },
        'bag of words': { value: 0.5, low: 0.5, high: 0.5 },
      },
    });
  });
});
