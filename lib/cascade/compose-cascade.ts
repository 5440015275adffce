import type { Clock, EmbeddingModel, EntailmentModel, LanguageModel, Log, VerdictCache } from '../ports.ts';
import { cachedCascade } from './cached-cascade.ts';
import { cascadeVersion, contentHash } from './cascade-version.ts';
import { type CategoryHead, checkHead } from './category-head.ts';
import type { ScoreFormula } from './content-score.ts';
import { decisionMemory } from './decision-memory.ts';
import { embeddingStage } from './embedding-stage.ts';
import { llmStage } from './llm-stage.ts';
import { ruleStage } from './rule-stage.ts';
import { compileRules, type Rule } from './rules.ts';
import type { Settings } from './settings.ts';
import type { LocalStage } from './stage.ts';
import { stagedCascade } from './staged-cascade.ts';
import type { Cascade } from './types.ts';
import { entailmentStage, similarityStage } from './zero-shot-stage.ts';

/** Everything a cascade is made of, loaded and checked. */
export interface CascadeIngredients {
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  readonly score: ScoreFormula;
  readonly head: CategoryHead;
  readonly embeddingModel: EmbeddingModel;
  readonly entailmentModel?: EntailmentModel;
  /** Changes with what masking makes of a text. */
  readonly maskingVersion: string;
}

/** What a cascade talks to. */
export interface CascadePorts {
  readonly cache?: VerdictCache;
  /** Absent: the stage is off. */
  readonly languageModel?: LanguageModel;
  readonly log?: Log;
  readonly clock: Clock;
}

/** About 40 MB at the longest patterns, 5 MB at usual ones. */
const MEMORY_ENTRIES = 20_000;

/** The cascade of parts that are loaded already: what `openCascade` returns, less the loading. */
export async function composeCascade(ingredients: CascadeIngredients, options: CascadePorts): Promise<Cascade> {
  const { settings, rules, score, embeddingModel } = ingredients;
  const { languageModel, log, clock } = options;
  const labels = new Set(settings.labels.map(({ name }) => name));
  const usesLlm = languageModel !== undefined && settings.stages.includes('llm');
  const staged = stagedCascade({
    version: versionOf(ingredients, usesLlm ? languageModel : undefined),
    settings,
    score,
    rules: compileRules(rules, labels),
    model: embeddingModel,
    localStages: await localStages(ingredients, labels),
    llm: usesLlm ? llmStage(languageModel, settings, clock, log) : undefined,
    log,
  });
  return cachedCascade({ cascade: staged, memory: decisionMemory(MEMORY_ENTRIES), store: options.cache, log });
}

async function localStages(ingredients: CascadeIngredients, labels: ReadonlySet<string>): Promise<LocalStage[]> {
  const { settings, rules, head, embeddingModel, entailmentModel } = ingredients;
  const stages: LocalStage[] = [];
  if (settings.stages.includes('rule')) stages.push(ruleStage(contentHash(rules).slice(0, 12)));
  if (settings.stages.includes('embedding')) {
    checkHead(head, labels, embeddingModel);
    stages.push(embeddingStage(head, embeddingModel));
  }
  if (settings.stages.includes('zero-shot'))
    stages.push(
      entailmentModel === undefined
        ? await similarityStage(settings, embeddingModel)
        : entailmentStage(settings, entailmentModel),
    );
  return stages;
}

function versionOf(ingredients: CascadeIngredients, languageModel: LanguageModel | undefined): string {
  const { embeddingModel, entailmentModel, ...files } = ingredients;
  const models = [embeddingModel, entailmentModel, languageModel].map((model) => model && [model.id, model.version]);
  return cascadeVersion({ ...files, models });
}
