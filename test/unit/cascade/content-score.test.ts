import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentScore,
  fitMismatch,
  formulaSchema,
  scoreFileSchema,
  shiftPrior,
  statedSeverities,
} from '../../../lib/cascade/content-score.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';
import { softmax } from '../../../lib/cascade/softmax.ts';
import { SEVERITIES } from '../../../lib/domain/severity.ts';
import { type Decision, decisionToVerdict } from '../../../lib/domain/verdict.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';

const { formula } = await readSettingsFile(
  join(import.meta.dirname, '../../../models/score.json'),
  'score',
  scoreFileSchema,
);
const severities = fc
  .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((logits) => softmax(logits));
const readSeverities = fc.option(severities, { nil: undefined });
const levels = fc.option(fc.constantFrom(...SEVERITIES), { nil: undefined });
const evidence = fc.subarray(Object.keys(formula.evidence)).map((names) => names.join(','));
const contents = fc.record({ severities: readSeverities, level: levels, evidence });
const rate = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const aDecision = {
  category: 'Error',
  confidence: 0.9,
  stage: 'embedding',
  model: { id: 'starter', version: '1' },
  reason: 'reads like Error',
} as const;

describe('contentScore', () => {
  it('is a probability, and its severity lies on the same side of one half', () => {
    fc.assert(
      fc.property(contents, rate, (content, baseRate) => {
        const { score, severity } = contentScore(content, formula, baseRate);

        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('warn')).toBe(score >= 0.5);
      }),
    );
  });

  it('never falls from a lower level to a higher one', () => {
    fc.assert(
      fc.property(readSeverities, evidence, (p, e) => {
        const scores = SEVERITIES.map((level) => contentScore({ severities: p, level, evidence: e }, formula).score);

        expect(scores).toEqual([...scores].sort((a, b) => a - b));
      }),
    );
  });

  it('never falls where the given level rises, or the level in the line itself does', () => {
    // As masking reads them: the line's own level is evidence only where it is not the given one.
    const scoreOf = (p: readonly number[] | undefined, given: string, own: string) => {
      const { level, evidence } = maskRecord({
        source: '',
        level: given,
        message: `${own.toUpperCase()} cache refreshed`,
      });
      return contentScore({ severities: p, level, evidence }, formula).score;
    };
    fc.assert(
      fc.property(readSeverities, fc.constantFrom(...SEVERITIES), (p, one) => {
        const byGiven = SEVERITIES.map((given) => scoreOf(p, given, one));
        const byOwn = SEVERITIES.map((own) => scoreOf(p, one, own));

        expect(byGiven).toEqual([...byGiven].sort((a, b) => a - b));
        expect(byOwn).toEqual([...byOwn].sort((a, b) => a - b));
        expect(byOwn[0]).toBeLessThan(byOwn[4] ?? 0);
      }),
    );
  });

  it('never falls where the model is surer that something is wrong', () => {
    fc.assert(
      fc.property(rate, rate, levels, evidence, (a, b, level, e) => {
        const [low = 0, high = 0] = [a, b]
          .sort((x, y) => x - y)
          .map((p) => contentScore({ severities: [0, 1 - p, 0, p, 0], level, evidence: e }, formula).score);

        expect(high).toBeGreaterThanOrEqual(low);
      }),
    );
  });

  it('is raised by evidence of trouble and lowered by evidence that all is well, and never the other way round', () => {
    const good = ['http:1xx', 'http:2xx', 'http:3xx', 'exit:zero', 'zero-errors', 'ratio:all', 'percent:low'];
    // A refused request is routine for a service: it may weigh nothing.
    const bad = ['http:4xx', 'http:5xx', 'exit:nonzero', 'some-errors', 'ratio:some', 'ratio:none', 'stack'];
    const weigh = (name: string) => formula.evidence[name] ?? 0;

    expect(good.filter((name) => weigh(name) >= 0)).toEqual([]);
    expect(bad.filter((name) => weigh(name) < 0)).toEqual([]);
    expect(weigh('http:5xx')).toBeGreaterThan(weigh('http:4xx'));
    expect(weigh('ratio:none')).toBeGreaterThan(weigh('ratio:some'));
    expect(weigh('percent:full')).toBeGreaterThan(weigh('percent:high'));
  });

  it('lets a given ERROR speak louder than a model that is sure of the contrary, and a given INFO too', () => {
    const sureOfInfo = [0, 1, 0, 0, 0];
    const unsure = [0.1, 0.4, 0.2, 0.2, 0.1];

    expect(contentScore({ severities: unsure, level: 'error', evidence: '' }, formula).score).toBeGreaterThan(0.9);
    expect(contentScore({ severities: unsure, level: 'info', evidence: '' }, formula).score).toBeLessThan(0.3);
    expect(contentScore({ severities: sureOfInfo, level: 'critical', evidence: '' }, formula).score).toBeGreaterThan(
      contentScore({ severities: sureOfInfo, level: undefined, evidence: '' }, formula).score,
    );
  });

  it('adds no anomaly when the threshold is raised', () => {
    fc.assert(
      fc.property(fc.array(contents, { maxLength: 20 }), rate, rate, (all, a, b) => {
        const decisions = all.map((content): Decision => ({ ...aDecision, ...contentScore(content, formula) }));
        const anomalies = (threshold: number) =>
          decisions.flatMap((decision, at) =>
            decisionToVerdict(decision, { patternId: '', pattern: '' }, threshold).anomaly.isAnomaly ? [at] : [],
          );
        const found = new Set(anomalies(Math.min(a, b)));

        expect(anomalies(Math.max(a, b)).filter((at) => !found.has(at))).toEqual([]);
      }),
    );
  });

  it('of a text the model cannot read is the prior, moved by level and evidence', () => {
    const unread = { severities: undefined, level: undefined, evidence: '' };

    expect(contentScore(unread, formula).score).toBeCloseTo(formula.prior, 10);
    expect(contentScore(unread, formula, 0.05).score).toBeCloseTo(0.05, 10);
    expect(contentScore({ ...unread, level: 'error' }, formula)).toMatchObject({ severity: 'error' });
    expect(contentScore({ ...unread, evidence: 'http:5xx' }, formula).score).toBeGreaterThan(0.9);
    expect(contentScore({ ...unread, level: 'info', evidence: 'http:2xx' }, formula).score).toBeLessThan(formula.prior);
  });

  it("rises with the owner's base rate, by as much as Bayes' rule says", () => {
    fc.assert(
      fc.property(contents, rate, rate, (content, a, b) => {
        const scoreAt = (baseRate: number) => contentScore(content, formula, baseRate).score;

        expect(scoreAt(Math.max(a, b))).toBeGreaterThanOrEqual(scoreAt(Math.min(a, b)));
        expect(scoreAt(formula.prior)).toBe(contentScore(content, formula).score);
      }),
    );

    const odds = (p: number) => p / (1 - p);
    expect(odds(shiftPrior(0.8, 0.3, 0.05))).toBeCloseTo((odds(0.8) * odds(0.05)) / odds(0.3), 10);
  });

  it('weighs evidence it does not know as nothing', () => {
    const content = { severities: statedSeverities('info'), level: undefined };

    const known = contentScore({ ...content, evidence: '' }, formula);
    const unknown = contentScore({ ...content, evidence: 'moon:full,toString' }, formula);

    expect(unknown).toEqual(known);
  });

  it("keeps the author's own level where the score is on its side", () => {
    const { severity } = contentScore({ severities: [0, 0.2, 0.1, 0.6, 0.1], level: 'warn', evidence: '' }, formula);

    expect(severity).toBe('warn');
  });
});

describe('formulaSchema', () => {
  it('refuses levels whose terms fall', () => {
    const level = { ...formula.level, warn: formula.level.critical + 1 };

    expect(formulaSchema.safeParse({ ...formula, level }).error?.issues[0]?.message).toMatch(/higher level/);
  });
});

describe('fitMismatch', () => {
  it('says so where the coefficients belong to other weights or another masking', () => {
    const fit = { model: 'm@1', masking: '2' };

    expect(fitMismatch(fit, { model: 'm@1', masking: '2' })).toBeUndefined();
    expect(fitMismatch(fit, { model: 'm@2', masking: '2' })).toMatch(/fitted for m@1.*npm run train:score/);
    expect(fitMismatch(fit, { model: 'm@1', masking: '3' })).toMatch(/masking 3/);
  });
});
