import { askLocalStages } from '../../lib/cascade/ask-local-stages.ts';
import { deadlineOf } from '../../lib/cascade/deadline.ts';
import { embeddingStage } from '../../lib/cascade/embedding-stage.ts';
import { ruleStage } from '../../lib/cascade/rule-stage.ts';
import type { RuleMatcher } from '../../lib/cascade/rules.ts';
import type { Settings } from '../../lib/cascade/settings.ts';
import type { LocalStage } from '../../lib/cascade/stage.ts';
import { similarityStage } from '../../lib/cascade/zero-shot-stage.ts';
import { UNCLASSIFIED } from '../../lib/domain/verdict.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import type { CrossValidation } from './cross-validate.ts';
import { scoreLabels } from './label-scores.ts';
import type { Sample } from './samples.ts';

const WRONG_SHOWN = 60;

interface Parts {
  readonly samples: readonly Sample[];
  readonly settings: Settings;
  readonly matcher: RuleMatcher;
  readonly model: EmbeddingModel;
  readonly run: CrossValidation;
  readonly threshold: number;
}

/** What the cross-validation says, by pattern: of the head alone, and of the local stages together with out-of-fold heads. */
export async function reportOf({ samples, settings, matcher, model, run, threshold }: Parts) {
  const rules = ruleStage('');
  const similarity = await similarityStage(settings, model);
  const alone: [string, string][] = [];
  const cascade: { file: string; pair: [truth: string, said: string] }[] = [];
  const wrong: string[] = [];
  for (const { model: fold, heldOut } of run.folds) {
    const head = { ...mutable(fold), labels: [...run.labels], temperature: run.temperature, threshold, trainedOn: '' };
    const headStage = embeddingStage(head, model);
    for (const sample of heldOut) {
      alone.push([sample.label, categoryOf(await answer([headStage], sample, matcher))]);
      const said = await answer([rules, headStage, similarity], sample, matcher);
      const category = categoryOf(said);
      cascade.push({ file: sample.file, pair: [sample.label, category] });
      if (category !== sample.label) wrong.push(`${sample.label} -> ${said}: ${sample.canonical}`);
    }
  }
  const files = [...new Set(samples.map(({ file }) => file))];
  return {
    patterns: samples.length,
    folds: run.folds.length,
    l2: run.l2,
    temperature: run.temperature,
    threshold,
    headAlone: scoreLabels(alone),
    cascade: scoreLabels(cascade.map(({ pair }) => pair)),
    cascadeByFile: Object.fromEntries(
      files.map((file) => [file, scoreLabels(cascade.filter((one) => one.file === file).map(({ pair }) => pair))]),
    ),
    wrongPatterns: wrong.length,
    wrong: wrong.slice(0, WRONG_SHOWN),
  };
}

function mutable(model: { weights: readonly (readonly number[])[]; bias: readonly number[] }) {
  return { weights: model.weights.map((row) => [...row]), bias: [...model.bias] };
}

async function answer(stages: readonly LocalStage[], sample: Sample, matcher: RuleMatcher): Promise<string> {
  const embedded = { embedding: sample.vector, severityLogits: new Float32Array(5), truncated: false };
  const reading = { text: sample.canonical, rule: matcher(sample.canonical), embedded };
  const { sure } = await askLocalStages(stages, undefined, reading, deadlineOf(undefined));
  return sure === undefined
    ? UNCLASSIFIED
    : `${sure.category}|${sure.ruleId ?? sure.stage} ${sure.confidence.toFixed(2)}`;
}

function categoryOf(answer: string): string {
  return answer.split('|')[0] ?? '';
}
