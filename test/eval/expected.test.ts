import { describe, expect, it } from 'vitest';
import { EXPECTED_PATH, type Figures, fallsOf, isLowerBetter, readExpected, toleranceOf } from './expected.ts';
import { dataFiguresOf, missesOf, REACHED, REACHED_ON_DATA } from './goals.ts';

const { figures: accepted } = await readExpected(EXPECTED_PATH);

/** A figure moved by so much to the worse. */
function worsened(figures: Figures, name: string, by: number): Figures {
  const value = figures[name] ?? Number.NaN;
  return { ...figures, [name]: isLowerBetter(name) ? value + by : value - by };
}

describe('fallsOf', () => {
  it('says what fell too far, which way round a figure counts, and what is gone', () => {
    const expected = { 'a:f1': 0.9, 'b:f1': 0.9, 'c:ece': 0.05, 'd:ece': 0.05, 'e:auc': 0.9 };

    const falls = fallsOf(expected, { 'a:f1': 0.89, 'b:f1': 0.8, 'c:ece': 0.2, 'd:ece': 0.01 });

    expect(falls.map((fall) => fall.split(' ')[0])).toEqual(['b:f1', 'c:ece', 'e:auc']);
  });

  it('notices when any accepted figure alone falls beyond its tolerance, and no less', () => {
    for (const name of Object.keys(accepted)) {
      const tolerance = toleranceOf(name);

      const [beyond, within] = [tolerance + 0.0005, tolerance - 0.0005].map((by) => worsened(accepted, name, by));

      expect(tolerance).toBeLessThanOrEqual(isLowerBetter(name) ? 0.03 : 0.06);
      expect(fallsOf(accepted, beyond ?? {})).toEqual([expect.stringContaining(name)]);
      expect(fallsOf(accepted, within ?? {})).toEqual([]);
    }
  });

  it('asks for figures that were never accepted', () => {
    expect(fallsOf({ 'a:f1': 1 }, { 'a:f1': 1, 'a:f1At9': 0.9, 'a:ece': 0 })).toEqual([
      '2 figures were never accepted, a:f1At9 the first of them: run `npm run eval:all -- --accept`',
    ]);
  });
});

describe('missesOf', () => {
  const goals = { ...REACHED, ...REACHED_ON_DATA };

  it.each(Object.keys(goals))('notices when %s is missed, by however little and whatever was accepted', (name) => {
    const found = worsened(goals, name, 0.0001);

    expect(missesOf(goals, goals)).toEqual([]);
    expect(missesOf(goals, found)).toEqual([expect.stringContaining(name)]);
  });

  it('asks for a goal that was not measured', () => {
    expect(missesOf({ 'a:f1': 1 }, {})).toEqual([
      expect.stringMatching(/^a:f1 .* run `npm run eval:all -- --accept`$/),
    ]);
  });

  it("finds the figures of other people's lines in a written report", () => {
    const statements = {
      cascade: { 'all levels': { scores: { ecePrior: { value: 0.02 } } } },
      meanOverRepositories: { ecePrior: 0.07 },
    };
    const data = { statements, meanOverSystems: { auc: { cascade: { value: 0.95 } } } };

    expect(dataFiguresOf({ data })).toEqual({
      'statements:ecePrior': 0.02,
      'statements by repository:ecePrior': 0.07,
      'systems:auc': 0.95,
    });
    expect(missesOf(REACHED_ON_DATA, dataFiguresOf({}))).toHaveLength(3);
  });
});
