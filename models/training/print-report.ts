import type { Calibration } from '../../lib/cascade/calibration.ts';
import type { HeadReport } from '../../lib/cascade/training/head-report.ts';
import { shortShare } from './short-share.ts';
import type { measureStages } from './stage-report.ts';

/** All that a training of the head says of itself. */
export type Report = Awaited<ReturnType<typeof measureStages>>['report'] & {
  readonly head: HeadReport;
  readonly rules: Calibration['rules'];
};

/** The report for a person: what was learned of how much, how well it does on templates it had not seen, and what is missing. */
export function printedReport(report: Report): string {
  const { head } = report;
  return [
    `${head.patterns} patterns of ${head.templates} templates, ${head.folds} folds; every figure is of templates that were not learned from`,
    `L2 ${head.l2}, temperature ${head.temperature.toFixed(3)}, calibration error ${shortShare(head.calibrationError)}`,
    `${shortShare(head.coverageAt95)} of the answers can be settled with 95% of them right`,
    '',
    ...labelTable(report),
    '',
    `head alone     macro-F1 ${shortShare(head.scores.macroF1)}, accuracy ${shortShare(head.scores.accuracy)}`,
    `whole cascade  macro-F1 ${shortShare(report.cascade.macroF1)}, accuracy ${shortShare(report.cascade.accuracy)}, calibration error ${shortShare(report.cascade.calibrationError)}`,
    ...Object.entries(report.cascadeByFile).flatMap(([file, { outOfFold, ...judged }]) => [
      `  ${file}: ${meansOf(judged)}`,
      `    all its patterns, some of which the embedding model may have learned: ${meansOf(outOfFold)}`,
    ]),
    `stages         ${Object.entries(report.stages)
      .map(([stage, count]) => `${stage} ${count}`)
      .join(', ')}`,
    `similarity     temperature ${report.similarity.temperature}, threshold ${report.similarity.threshold}, precision there ${shortShare(report.similarity.precision)}`,
    ...confusions(head),
    ...missing(head),
  ].join('\n');
}

function meansOf({ macroF1, mainLabels, mainMacroF1 }: Report['cascadeByFile'][string]['outOfFold']): string {
  return `${shortShare(macroF1)}; ${mainLabels} labels of 30 lines or more ${shortShare(mainMacroF1)}`;
}

function labelTable({ head }: Report): readonly string[] {
  const rows = Object.entries(head.scores.byLabel).map(([label, { precision, recall, f1, n }]) => {
    const threshold = head.thresholds[label];
    const settled =
      threshold === undefined
        ? ''
        : `${threshold.threshold.toFixed(3)}${threshold.own === undefined ? ' shared' : '       '}  ${shortShare(threshold.own?.wanted ?? head.shared.wanted)}    ${shortShare(threshold.coverageAt95)}`;
    return `${label.padEnd(24)}${String(n).padStart(6)}  ${shortShare(precision)}  ${shortShare(recall)}  ${shortShare(f1)}  ${settled}`;
  });
  return [`${'label'.padEnd(24)}     n  prec  rec   F1    threshold     wanted  coverage at 95%`, ...rows];
}

function confusions({ confusion }: HeadReport): readonly string[] {
  const wrong = Object.entries(confusion)
    .flatMap(([truth, row]) => Object.entries(row).map(([said, count]) => ({ truth, said, count })))
    .filter(({ truth, said }) => truth !== said)
    .sort((a, b) => b.count - a.count)
    .slice(0, 8);
  return wrong.length === 0
    ? []
    : ['', 'most often mistaken:', ...wrong.map(({ truth, said, count }) => `  ${count} ${truth} called ${said}`)];
}

function missing({ thin, thresholds, foreign }: HeadReport): readonly string[] {
  const short = Object.entries(thresholds).flatMap(([label, { own }]) =>
    own === undefined || own.reached ? [] : [{ label, own }],
  );
  return [
    ...thin.map(
      ({ label, templates }) => `! ${label} has ${templates} templates: two examples teach nothing, thirty begin to`,
    ),
    ...short.map(
      ({ label, own }) =>
        `! ${label} is nowhere right in ${shortShare(own.wanted)} of the cases; its threshold is where it is right most often`,
    ),
    foreign === undefined
      ? '! no line is labelled Unclassified: the head cannot say "none of these", and strange lines may be given a label'
      : `of ${foreign.patterns} patterns that belong to no label ${shortShare(foreign.named)} are given one`,
  ];
}
