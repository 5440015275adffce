import { weightedByPrior } from './fit-score.ts';
import { badnessOf, linesByPair, type ScoreLine } from './score-lines.ts';

const BINS = 10;
const LINES_SHOWN = 8;

/** How well scores are probabilities: mean log-loss, and calibration error over ten bins; lines weigh as in the fit, so that a share `prior` is anomalous. */
export function calibrationOf(lines: readonly ScoreLine[], prior: number, scoreOf: (line: ScoreLine) => number) {
  const judged = weightedByPrior(lines, prior).map(({ line, weight }) => ({ weight, line, score: scoreOf(line) }));
  const loss = judged.reduce((sum, { weight, line, score }) => {
    const right = line.anomalous ? score : 1 - score;
    return sum - weight * Math.log(Math.max(right, 1e-6));
  }, 0);
  const bins = Map.groupBy(judged, ({ score }) => Math.min(BINS - 1, Math.floor(score * BINS)));
  const error = [...bins.values()].reduce((sum, inside) => {
    const gap = inside.reduce((total, { weight, line, score }) => total + weight * (score - Number(line.anomalous)), 0);
    return sum + Math.abs(gap);
  }, 0);
  return { logLoss: short(loss), calibrationError: short(error) };
}

/** By kind of pair: how many pairs are in order, how many of their lines lie on the right side of one half, and the first that are not in order. */
export function orderOf(lines: readonly ScoreLine[], scoreOf: (line: ScoreLine) => number) {
  const pairs = [...linesByPair(lines).values()];
  const kinds = [...new Set(pairs.map(([line]) => line?.kind ?? ''))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const own = pairs.filter(([line]) => line?.kind === kind);
      const wrong = own.filter((members) => !isInOrder(members, scoreOf));
      const sides = own.flat().filter((line) => scoreOf(line) >= 0.5 === line.anomalous).length;
      const shown = wrong.slice(0, LINES_SHOWN).map((members) => members.map(textOf).join('  <  '));
      return [
        kind,
        {
          pairs: own.length,
          inOrder: own.length - wrong.length,
          sides: short(sides / own.flat().length),
          wrong: shown,
        },
      ];
    }),
  );

  function textOf(line: ScoreLine): string {
    const level = line.level === undefined ? '' : `${line.level}: `;
    return `${level}${line.text.slice(0, 90)} (${scoreOf(line).toFixed(2)})`;
  }
}

/** Whether the pair's worse lines score higher: what is wrong above what is not, and of our own pairs any worse line. */
export function isInOrder(members: readonly ScoreLine[], scoreOf: (line: ScoreLine) => number): boolean {
  return members.every((worse, at) =>
    members.slice(0, at).every((line) => !mustDiffer(line, worse) || scoreOf(worse) > scoreOf(line)),
  );
}

function mustDiffer(a: ScoreLine, b: ScoreLine): boolean {
  return a.anomalous !== b.anomalous || (a.group === 'own' && badnessOf(a) !== badnessOf(b));
}

function short(value: number): number {
  return Number(value.toFixed(4));
}
