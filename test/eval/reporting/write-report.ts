import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { precisionRecallPlot } from '../plots/precision-recall.ts';
import { reliabilityPlot } from '../plots/reliability.ts';
import type { evaluateAll, Plotted } from './evaluate-all.ts';

type Evaluation = Awaited<ReturnType<typeof evaluateAll>>;

const SCORE_AXES = { x: 'Anomaly score given (probability)', y: 'Share of the lines that are anomalies' };
const CONFIDENCE_AXES = { x: 'Confidence given (probability)', y: 'Share of the answers that are right' };

/** Writes report.json, report.txt and the plots. */
export async function writeReport(
  folder: string,
  report: Readonly<Record<string, unknown>>,
  text: string,
  { plotted, confidences }: Pick<Evaluation, 'plotted' | 'confidences'>,
): Promise<void> {
  const files = new Map([
    ['report.json', `${JSON.stringify(report, roundNumbers, 1)}\n`],
    ['report.txt', `${text}\n`],
    ['reliability-category.svg', reliabilityPlot('Category: confidence and truth', CONFIDENCE_AXES, confidences)],
  ]);
  for (const [name, lines] of plotted) {
    files.set(`reliability-${name}.svg`, reliabilityPlot(`Anomaly scores: ${name}`, SCORE_AXES, lines.cascade));
    files.set(`precision-recall-${name}.svg`, precisionRecallPlot(`Anomalies found: ${name}`, curvesOf(lines)));
  }
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

function curvesOf({ cascade, bag }: Plotted) {
  return [
    { name: 'logsieve, message alone', forecasts: cascade },
    { name: 'bag of words', forecasts: bag },
  ];
}

/** Four places say all there is to say; a figure that is not defined is null. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value;
}
