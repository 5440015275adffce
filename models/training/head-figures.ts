import { basename } from 'node:path';
import type { Report } from './print-report.ts';

/**
 * The figures of a training for models/evaluation/head.json, each of templates that were not learned from; without any of the lines, some
 * of which are other people's. `trainedOn` is the `id@version` of the model that the lines were read with.
 */
export function headFigures({ head, cascade, cascadeByFile, stages, similarity }: Report, trainedOn: string) {
  const { patterns, learned, templates, folds, l2, temperature, calibrationError, coverageAt95, foreign } = head;
  return {
    trainedOn,
    head: {
      ...{ patterns, learned, templates, folds, l2, temperature, calibrationError, coverageAt95, foreign },
      macroF1: head.scores.macroF1,
      accuracy: head.scores.accuracy,
      byLabel: byLabel(head),
    },
    cascade: {
      macroF1: cascade.macroF1,
      accuracy: cascade.accuracy,
      calibrationError: cascade.calibrationError,
      byFile: Object.fromEntries(
        Object.entries(cascadeByFile).map(([file, { outOfFold, ...judged }]) => [
          basename(file),
          { ...meansOf(judged), outOfFold: meansOf(outOfFold) },
        ]),
      ),
      stages,
    },
    similarity,
  };
}

type FileScores = Report['cascadeByFile'][string]['outOfFold'];

function meansOf({ macroF1, mainLabels, mainMacroF1 }: FileScores) {
  return { macroF1, mainLabels, mainMacroF1 };
}

/** Scores, threshold and coverage of each label. */
function byLabel({ scores, thresholds }: Report['head']) {
  return Object.fromEntries(
    Object.entries(scores.byLabel).map(([label, score]) => {
      const { templates, threshold, coverageAt95 } = thresholds[label] ?? {};
      return [label, { ...score, templates, threshold, coverageAt95 }];
    }),
  );
}
