import { describeFolder } from '../../lib/inference/describe-folder.ts';
import { readEntailmentIndexes } from '../../lib/inference/entailment-labels.ts';
import { type LoadedEntailment, loadEntailmentModel } from '../../lib/inference/entailment-model.ts';
import type { EmbeddingEntry, ModelEntry } from '../../lib/inference/manifest.ts';
import { loadSentenceModel } from '../../lib/inference/sentence-model.ts';
import { multiLabelProbabilities, singleLabelProbabilities } from '../../lib/inference/zero-shot-probabilities.ts';
import { type EntailmentRow, readEntailmentRows, readSentenceRows, type SentenceRow } from './golden.ts';

/** How a model's answers compare with the reference's. */
export interface Comparison {
  readonly texts: number;
  /** Texts of which every token id is the reference's. */
  readonly idsEqual: number;
  readonly minCosine?: number;
  readonly maxLogitError?: number;
  readonly maxProbabilityError?: number;
}

const TOLERANCE = { cosine: 0.9999, logit: 1e-4, probability: 1e-4 };
const HYPOTHESIS = '{}';

/**
 * Compares the model in a folder with its `golden.jsonl`. Each text or pair runs alone and unpadded, because
 * dynamically quantised files answer otherwise in company. Throws what loading it throws, and `InvalidInput('golden')`.
 */
export async function checkFolder(
  folder: string,
  { threads, known }: { readonly threads: number; readonly known: readonly ModelEntry[] },
): Promise<Comparison> {
  const entry = await describeFolder(folder, { known });
  return entry.task === 'embedding' ? checkSentences(folder, entry, threads) : checkEntailment(folder, threads);
}

/** What is beyond the tolerance, in words; empty where all is well. A number that is none is beyond it. */
export function shortcomings({ texts, idsEqual, ...found }: Comparison): readonly string[] {
  const { minCosine = 1, maxLogitError = 0, maxProbabilityError = 0 } = found;
  return [
    ...(idsEqual === texts ? [] : [`${texts - idsEqual} of ${texts} texts have other token ids`]),
    ...(minCosine > TOLERANCE.cosine ? [] : [`a cosine of ${minCosine}, not above ${TOLERANCE.cosine}`]),
    ...(maxLogitError <= TOLERANCE.logit ? [] : [`a logit off by ${maxLogitError}, more than ${TOLERANCE.logit}`]),
    ...(maxProbabilityError <= TOLERANCE.probability
      ? []
      : [`a probability off by ${maxProbabilityError}, more than ${TOLERANCE.probability}`]),
  ];
}

async function checkSentences(folder: string, entry: EmbeddingEntry, threads: number): Promise<Comparison> {
  const rows = await readSentenceRows(folder);
  const model = await loadSentenceModel(folder, entry, { threads, reading: 'reference' });
  const [cosines, logitErrors]: [number[], number[]] = [[], []];
  let idsEqual = 0;
  for (const row of rows) {
    idsEqual += Number(isEqual(model.encode(row.text).ids, row.input_ids));
    const [answer] = await model.embed([row.text]);
    cosines.push(cosine(answer?.embedding ?? [], wantedEmbedding(row, entry) ?? []));
    if (row.severity_logits !== undefined)
      logitErrors.push(largestGap(answer?.severityLogits ?? [], row.severity_logits));
  }
  await model.close();
  return {
    texts: rows.length,
    idsEqual,
    minCosine: Math.min(...cosines),
    ...(logitErrors.length === 0 ? {} : { maxLogitError: Math.max(...logitErrors) }),
  };
}

function wantedEmbedding(row: SentenceRow, { quantisation }: EmbeddingEntry): readonly number[] | undefined {
  return row.embedding ?? (quantisation === 'none' ? row.fp32_embedding : row.int8_embedding);
}

async function checkEntailment(folder: string, threads: number): Promise<Comparison> {
  const rows = await readEntailmentRows(folder);
  const model = await loadEntailmentModel(folder, { threads, reading: 'reference' });
  try {
    const { entailment, notEntailment } = await readEntailmentIndexes(folder, model.entry);
    const compared = [];
    for (const row of rows) compared.push(await compareRow(model, row, [entailment, notEntailment]));
    return {
      texts: rows.length,
      idsEqual: compared.filter(({ idsEqual }) => idsEqual).length,
      maxLogitError: Math.max(...compared.map(({ logitError }) => logitError)),
      maxProbabilityError: Math.max(...compared.map(({ probabilityError }) => probabilityError)),
    };
  } finally {
    await model.close();
  }
}

async function compareRow(model: LoadedEntailment, row: EntailmentRow, indexes: readonly number[]) {
  const hypotheses = row.labels.map((label) => row.hypothesis_template.replaceAll(HYPOTHESIS, () => label));
  const ids = model.encode(row.text, hypotheses);
  const answers = await model.entail(row.text, hypotheses);
  const found = answers.flatMap(({ entailment, notEntailment }) => [entailment, notEntailment]);
  const wanted = row.logits.flatMap((logits) => indexes.map((index) => logits[index] ?? Number.NaN));
  const ofLabels = (probabilities: Readonly<Record<string, number>>) =>
    row.labels.map((label) => probabilities[label] ?? Number.NaN);
  return {
    idsEqual: ids.length === row.input_ids.length && ids.every((pair, at) => isEqual(pair, row.input_ids[at] ?? [])),
    logitError: largestGap(found, wanted),
    probabilityError: Math.max(
      largestGap(singleLabelProbabilities(answers), ofLabels(row.single_label)),
      largestGap(multiLabelProbabilities(answers), ofLabels(row.multi_label)),
    ),
  };
}

const isEqual = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

/** NaN where the lengths differ or a number is none. */
function largestGap(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.NaN;
  return Math.max(...Array.from(wanted, (value, index) => Math.abs(value - (found[index] ?? Number.NaN))));
}

function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Number.NaN;
  const dot = Array.from(left).reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
  return dot / (Math.hypot(...Array.from(left)) * Math.hypot(...Array.from(right)));
}
