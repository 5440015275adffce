import type { Calibration } from '../../lib/cascade/calibration.ts';
import type { HeadReport } from '../../lib/cascade/training/head-report.ts';
import type { measureStages } from './stage-report.ts';

type Report = Awaited<ReturnType<typeof measureStages>>['report'] & {
  readonly head: HeadReport;
  readonly rules: Calibration['rules'];
};

/** The report for a person: what was learned of how much, how well it does on templates it had not seen, and what is missing. */
export function printedReport(report: Report): string {
  const { head } = report;
  return [
    `${head.patterns} patterns of ${head.templates} templates, ${head.folds} folds; every figure is of templates that were not learned from`,
    `L2 ${head.l2}, temperature ${head.temperature.toFixed(3)}, calibration error ${share(head.calibrationError)}`,
    `${share(head.coverageAt95)} of the answers can be settled with 95% of them right`,
    '',
    ...labelTable(report),
    '',
    `head alone     macro-F1 ${share(head.scores.macroF1)}, accuracy ${share(head.scores.accuracy)}`,
    `whole cascade  macro-F1 ${share(report.cascade.macroF1)}, accuracy ${share(report.cascade.accuracy)}, calibration error ${share(report.cascade.calibrationError)}`,
    ...Object.entries(report.cascadeByFile).map(
      ([file, { macroF1, mainLabels, mainMacroF1 }]) =>
        `  ${file}: ${share(macroF1)}; its ${mainLabels} labels of 30 lines or more: ${share(mainMacroF1)}`,
    ),
    `stages         ${Object.entries(report.stages)
      .map(([stage, count]) => `${stage} ${count}`)
      .join(', ')}`,
    `similarity     temperature ${report.similarity.temperature}, threshold ${report.similarity.threshold}, precision there ${share(report.similarity.precision)}`,
    ...confusions(head),
    ...missing(head),
  ].join('\n');
}

function labelTable({ head }: Report): readonly string[] {
  const rows = Object.entries(head.scores.byLabel).map(([label, { precision, recall, f1, n }]) => {
    const threshold = head.thresholds[label];
    const settled =
      threshold === undefined
        ? ''
        : `${threshold.threshold.toFixed(3)}${threshold.own === undefined ? ' shared' : '       '}  ${share(threshold.own?.wanted ?? head.shared.wanted)}    ${share(threshold.coverageAt95)}`;
    return `${label.padEnd(24)}${String(n).padStart(6)}  ${share(precision)}  ${share(recall)}  ${share(f1)}  ${settled}`;
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
        `! ${label} is nowhere right in ${share(own.wanted)} of the cases; its threshold is where it is right most often`,
    ),
    foreign === undefined
      ? '! no line is labelled Unclassified: the head cannot say "none of these", and strange lines may be given a label'
      : `of ${foreign.patterns} patterns that belong to no label ${share(foreign.named)} are given one`,
  ];
}

/** `.930`, `1.000`. */
function share(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}
