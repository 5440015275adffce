import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentScore, formulaSchema } from '../../../lib/cascade/content-score.ts';
import { SEVERITIES } from '../../../lib/domain/severity.ts';
import { fitScore } from '../../../models/training/fit-score.ts';
import type { ScoreLine } from '../../../models/training/score-lines.ts';

const covers = { scripts: ['Latin'], languages: [], leastShare: 0.5 };

function aLine(change: Partial<ScoreLine>): ScoreLine {
  const anomalous = change.anomalous ?? false;
  return {
    group: 'own',
    pair: 'p',
    kind: 'content',
    severity: anomalous ? 'error' : 'info',
    level: undefined,
    text: 'a line',
    content: anomalous ? 2 : -2,
    statedLevel: undefined,
    evidence: '',
    anomalous,
    ...change,
  };
}

/** Lines as like the model as a share `right` of them can be. */
function someLines(count: number, right: (at: number) => boolean): ScoreLine[] {
  return Array.from({ length: count }, (_, at) => {
    const anomalous = at % 2 === 0;
    return aLine({ anomalous, content: anomalous === right(at) ? 2 : -2 });
  });
}

describe('fitScore', () => {
  it('gives probabilities: where the model is right nine times of ten, so sure is the score', () => {
    const lines = someLines(400, (at) => Math.floor(at / 2) % 10 !== 0);

    const formula = fitScore(lines, 0.5);

    const whole = formulaSchema.parse({ prior: 0.5, ...formula, covers });
    const { score } = contentScore({ severities: [0, 0.1192, 0, 0.8808, 0], level: undefined, evidence: '' }, whole);
    expect(score).toBeGreaterThan(0.85);
    expect(score).toBeLessThan(0.92);
  });

  it('trusts words less where the model was less often right about the statements of repositories it had not seen', () => {
    const lines = someLines(400, (at) => Math.floor(at / 2) % 10 !== 0);
    const asOften = [
      { logOdds: -2, normal: 0.9, anomalous: 0.1 },
      { logOdds: 2, normal: 0.1, anomalous: 0.9 },
    ];
    const lessOften = [
      { logOdds: -2, normal: 0.6, anomalous: 0.4 },
      { logOdds: 2, normal: 0.4, anomalous: 0.6 },
    ];

    const weightWith = (bins: typeof asOften) => fitScore(lines, 0.5, bins).content;

    expect(weightWith(asOften)).toBeCloseTo(fitScore(lines, 0.5).content, 1);
    expect(weightWith(lessOften)).toBeLessThan(0.8 * weightWith(asOften));
  });

  it("finds how far a level in the line itself is believed beside the given one, from the lines' own outcome", () => {
    const contrary = (own: string, given: 'info' | 'error', anomalous: boolean) =>
      aLine({ content: 0, evidence: `inline:${own}`, statedLevel: given, anomalous });
    const linesAreRight = Array.from({ length: 40 }, (_, at) =>
      at % 2 === 0 ? contrary('error', 'info', true) : contrary('info', 'error', false),
    );
    const columnIsRight = linesAreRight.map((line) => ({ ...line, anomalous: !line.anomalous }));

    const believed = fitScore([...someLines(40, () => true), ...linesAreRight], 0.5).inlineLevel;
    const disbelieved = fitScore([...someLines(40, () => true), ...columnIsRight], 0.5).inlineLevel;

    expect(Math.min(believed.higher, believed.lower)).toBeGreaterThan(0.8);
    expect(Math.max(disbelieved.higher, disbelieved.lower)).toBeLessThan(0.2);
  });

  it('finds the sign of evidence only on its own side of nothing, and levels in order, whatever the lines say', () => {
    const contrary = fc.array(
      fc.record({
        anomalous: fc.boolean(),
        content: fc.double({ min: -6, max: 6, noNaN: true }),
        evidence: fc.constantFrom('', 'http:2xx', 'http:5xx', 'exit:zero', 'exit:nonzero', 'zero-errors', 'stack'),
        statedLevel: fc.constantFrom(undefined, ...SEVERITIES),
      }),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(contrary, (changes) => {
        const lines = [...someLines(8, () => true), ...changes.map(aLine)];

        const formula = fitScore(lines, 0.3);

        const terms = SEVERITIES.map((level) => formula.level[level]);
        expect(terms).toEqual([...terms].sort((a, b) => a - b));
        expect(formula.evidence['http:2xx']).toBeLessThanOrEqual(0);
        expect(formula.evidence['zero-errors']).toBeLessThanOrEqual(0);
        expect(formula.evidence['http:5xx']).toBeGreaterThan(formula.evidence['http:4xx'] ?? 0);
        expect(formula.evidence.stack).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 15 },
    );
  });
});
