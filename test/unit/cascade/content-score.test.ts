import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentScore, scoreSchema, statedSeverities } from '../../../lib/cascade/content-score.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';
import { softmax } from '../../../lib/cascade/softmax.ts';
import { SEVERITIES } from '../../../lib/domain/severity.ts';

const coefficients = await readSettingsFile(
  join(import.meta.dirname, '../../../models/score.json'),
  'score',
  scoreSchema,
);
const severities = fc
  .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((logits) => softmax(logits));
const evidence = fc.subarray(Object.keys(coefficients.evidence)).map((names) => names.join(','));

describe('contentScore', () => {
  it('is a probability, and its severity lies on the same side of one half', () => {
    fc.assert(
      fc.property(
        severities,
        fc.option(fc.constantFrom(...SEVERITIES), { nil: undefined }),
        evidence,
        (p, level, e) => {
          const { score, severity } = contentScore({ severities: p, level, evidence: e }, coefficients);

          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('warn')).toBe(score >= 0.5);
        },
      ),
    );
  });

  it('never falls from a lower level to a higher one', () => {
    fc.assert(
      fc.property(severities, evidence, (p, e) => {
        const scores = SEVERITIES.map(
          (level) => contentScore({ severities: p, level, evidence: e }, coefficients).score,
        );

        expect(scores).toEqual([...scores].sort((a, b) => a - b));
      }),
    );
  });

  it('lets a given ERROR speak louder than a model that is sure of the contrary, and a given INFO too', () => {
    const sureOfInfo = [0, 1, 0, 0, 0];
    const unsure = [0.1, 0.4, 0.2, 0.2, 0.1];

    expect(contentScore({ severities: unsure, level: 'error', evidence: '' }, coefficients).score).toBeGreaterThan(0.9);
    expect(contentScore({ severities: unsure, level: 'info', evidence: '' }, coefficients).score).toBeLessThan(0.2);
    expect(
      contentScore({ severities: sureOfInfo, level: 'critical', evidence: '' }, coefficients).score,
    ).toBeGreaterThan(contentScore({ severities: sureOfInfo, level: undefined, evidence: '' }, coefficients).score);
  });

  it('adds no anomaly when the threshold is raised', () => {
    fc.assert(
      fc.property(severities, evidence, fc.float({ min: 0, max: 1 }), fc.float({ min: 0, max: 1 }), (p, e, a, b) => {
        const { score } = contentScore({ severities: p, level: undefined, evidence: e }, coefficients);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];

        expect(score >= high && score < low).toBe(false);
      }),
    );
  });

  it('weighs evidence it does not know as nothing', () => {
    const content = { severities: statedSeverities('info'), level: undefined };

    const known = contentScore({ ...content, evidence: '' }, coefficients);
    const unknown = contentScore({ ...content, evidence: 'moon:full,toString' }, coefficients);

    expect(unknown).toEqual(known);
  });

  it("keeps the author's own level where the score is on its side", () => {
    const { severity } = contentScore(
      { severities: [0, 0.2, 0.1, 0.6, 0.1], level: 'warn', evidence: '' },
      coefficients,
    );

    expect(severity).toBe('warn');
  });
});
