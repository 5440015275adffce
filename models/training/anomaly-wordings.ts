import { join } from 'node:path';
import { type AnomalyWording, similarityQuestion, wordingsSchema } from '../../lib/cascade/anomaly-question.ts';
import { contentScore, scoreFileSchema } from '../../lib/cascade/content-score.ts';
import { readSettingsFile } from '../../lib/cascade/settings.ts';
import { softmax } from '../../lib/cascade/softmax.ts';
import { isAnomalous } from '../../lib/domain/severity.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { rememberingModel } from './remembering-model.ts';
import { runCommand } from './run-command.ts';
import { readScoreLines } from './score-lines.ts';
import { shortShare } from './short-share.ts';

/**
 * How well each wording of models/anomaly-wordings.json tells wrong from well on pairs-english.csv, asked of the
 * embedding's similarity, and whether it adds to the content score: `node models/training/anomaly-wordings.ts`. A
 * cross-encoder is not asked: only random weights of its shape were to be had where this was written.
 */
const MODELS = join(import.meta.dirname, '..');
const WEIGHTS = [0, 0.05, 0.1, 0.2, 0.5, 1];

interface Line {
  readonly canonical: string;
  readonly pair: string;
  readonly anomalous: boolean;
  /** Log-odds of the content score. */
  readonly content: number;
}

async function readLines(model: EmbeddingModel): Promise<readonly Line[]> {
  const { formula } = await readSettingsFile(join(MODELS, 'score.json'), 'score', scoreFileSchema);
  const lines = (await readScoreLines()).filter(({ pair }) => pair.startsWith('pairs-english.csv/'));
  const masked = lines.map(({ text, level }) => maskRecord({ source: '', message: text, level }));
  const embedded = await model.embed(masked.map(({ canonical }) => canonical));
  return lines.map(({ pair, severity }, index) => {
    const { canonical = '', level, evidence = '' } = masked[index] ?? {};
    const severities = softmax(embedded[index]?.severityLogits ?? []);
    const { score } = contentScore({ severities, level, evidence }, formula);
    const anomalous = isAnomalous(severity);
    return { canonical, pair, anomalous, content: logit(score) };
  });
}

function logit(p: number): number {
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(bounded / (1 - bounded));
}

/** Probability that a wrong line scores above a good one; ties count half (Mann-Whitney). */
function auc(scores: readonly number[], lines: readonly Line[]): number {
  const ranked = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let [below, won, wrong] = [0, 0, 0];
  for (let at = 0; at < ranked.length; ) {
    const value = scores[ranked[at] ?? 0];
    let [tiedGood, tiedWrong] = [0, 0];
    for (; at < ranked.length && scores[ranked[at] ?? 0] === value; at++)
      if (lines[ranked[at] ?? 0]?.anomalous) tiedWrong += 1;
      else tiedGood += 1;
    won += tiedWrong * (below + tiedGood / 2);
    below += tiedGood;
    wrong += tiedWrong;
  }
  return won / (below * wrong);
}

/** Of the pairs with lines of both kinds, those whose every wrong line scores above every good one. */
function pairsInOrder(scores: readonly number[], lines: readonly Line[]): number {
  const pairs = [...Map.groupBy(lines.keys(), (index) => lines[index]?.pair).values()];
  const sides = pairs.map((members) => ({
    wrong: members.filter((index) => lines[index]?.anomalous).map((index) => scores[index] ?? 0),
    good: members.filter((index) => !lines[index]?.anomalous).map((index) => scores[index] ?? 0),
  }));
  const mixed = sides.filter(({ wrong, good }) => wrong.length > 0 && good.length > 0);
  return mixed.filter(({ wrong, good }) => Math.min(...wrong) > Math.max(...good)).length / mixed.length;
}

async function ask(model: EmbeddingModel, wording: AnomalyWording, lines: readonly Line[]): Promise<number[]> {
  const question = await similarityQuestion(model, wording);
  const answers: number[] = [];
  for (const { canonical } of lines) answers.push(logit((await question(canonical, 0.5)).anomalyProbability));
  return answers;
}

async function main(): Promise<void> {
  const model = rememberingModel(await loadEmbeddingModel(MODELS, { threads: 1 }));
  const { wordings } = await readSettingsFile(join(MODELS, 'anomaly-wordings.json'), 'wordings', wordingsSchema);
  const lines = await readLines(model);
  const content = lines.map((line) => line.content);
  console.log(`${model.id}@${model.version}, ${lines.length} lines of pairs-english.csv`);
  console.log(
    `content score      AUC ${shortShare(auc(content, lines))}, pairs in order ${shortShare(pairsInOrder(content, lines))}`,
  );
  for (const wording of wordings) {
    const asked = await ask(model, wording, lines);
    const added = WEIGHTS.map((weight) => content.map((value, index) => value + weight * (asked[index] ?? 0)));
    console.log(
      `${wording.id.padEnd(18)} AUC ${shortShare(auc(asked, lines))}, pairs in order ${shortShare(pairsInOrder(asked, lines))}; ` +
        `added to the content score at ${WEIGHTS.join(', ')}: AUC ${added.map((scores) => shortShare(auc(scores, lines))).join(' ')}, pairs ${added.map((scores) => shortShare(pairsInOrder(scores, lines))).join(' ')}`,
    );
  }
  await model.close();
}

await runCommand(main);
