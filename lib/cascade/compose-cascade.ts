import type { Clock, EmbeddingModel, EntailmentModel, LanguageModel, Log, VerdictCache } from '../ports.ts';
import { cachedCascade } from './cached-cascade.ts';
import { cascadeVersion, contentHash } from './cascade-version.ts';
import { type CategoryHead, checkHead } from './category-head.ts';
import type { ScoreFormula } from './content-score.ts';
import { decisionMemory } from './decision-memory.ts';
import { embeddingStage } from './embedding-stage.ts';
import { type LlmGuard, llmGuard, llmStage } from './llm-stage.ts';
import { ruleStage } from './rule-stage.ts';
import { compileRules, type Rule, type RuleMatcher } from './rules.ts';
import type { Settings } from './settings.ts';
import type { LocalStage } from './stage.ts';
import { stagedCascade } from './staged-cascade.ts';
import { cascadesByTerms, settingsInTerms } from './terms-cascades.ts';
import type { Cascade, OwnersCascade } from './types.ts';
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
  /** The labels are a caller's: rules and head know the service's own and name no category, rules still state severities. */
  readonly askedLabels?: true;
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
/** Of each of the few cascades on other terms. */
const TERMS_MEMORY_ENTRIES = 4_000;

/** What all cascades of a process have in common, on whatever terms. */
interface Shared {
  readonly rules: RuleMatcher;
  readonly guard: LlmGuard;
}

/** The cascade of parts that are loaded already: what `openCascade` returns, less the loading. */
export async function composeCascade(ingredients: CascadeIngredients, ports: CascadePorts): Promise<OwnersCascade> {
  const { settings, rules } = ingredients;
  const labels = new Set(settings.labels.map(({ name }) => name));
  const shared = { rules: compileRules(rules, labels), guard: llmGuard(ports.clock, settings) };
  const own = await assemble(ingredients, ports, shared, MEMORY_ENTRIES);
  const inTerms = cascadesByTerms(own, settings, (terms) => {
    const asked = { ...ingredients, settings: settingsInTerms(settings, terms) };
    const labelled = terms.labels === undefined ? asked : { ...asked, askedLabels: true as const };
    return assemble(labelled, ports, shared, TERMS_MEMORY_ENTRIES);
  });
  return { ...own, inTerms };
}

async function assemble(
  ingredients: CascadeIngredients,
  { languageModel, log, cache }: CascadePorts,
  { rules, guard }: Shared,
  memoryEntries: number,
): Promise<Cascade> {
  const { settings, score, embeddingModel } = ingredients;
  const usesLlm = languageModel !== undefined && settings.stages.includes('llm');
  const staged = stagedCascade({
    version: versionOf(ingredients, usesLlm ? languageModel : undefined),
    settings,
    score,
    rules,
    model: embeddingModel,
    localStages: await localStages(ingredients),
    llm: usesLlm ? llmStage(languageModel, settings, guard, log) : undefined,
    log,
  });
  return cachedCascade({ cascade: staged, memory: decisionMemory(memoryEntries), store: cache, log });
}

async function localStages(ingredients: CascadeIngredients): Promise<LocalStage[]> {
  const { settings, rules, head, embeddingModel } = ingredients;
  // A head trained on a label set's own examples would stand before this stage, as the service's own does below.
  if (ingredients.askedLabels) return [await zeroShotStage(ingredients)];
  const labels = new Set(settings.labels.map(({ name }) => name));
  const stages: LocalStage[] = [];
  if (settings.stages.includes('rule')) stages.push(ruleStage(contentHash(rules).slice(0, 12)));
  if (settings.stages.includes('embedding')) {
    checkHead(head, labels, embeddingModel);
    stages.push(embeddingStage(head, embeddingModel));
  }
  if (settings.stages.includes('zero-shot')) stages.push(await zeroShotStage(ingredients));
  return stages;
}

async function zeroShotStage(ingredients: CascadeIngredients): Promise<LocalStage> {
  const { settings, embeddingModel, entailmentModel, askedLabels } = ingredients;
  return entailmentModel === undefined
    ? similarityStage(settings, embeddingModel, askedLabels)
    : entailmentStage(settings, entailmentModel, embeddingModel, askedLabels);
}

function versionOf(ingredients: CascadeIngredients, languageModel: LanguageModel | undefined): string {
  const { embeddingModel, entailmentModel, ...files } = ingredients;
  const models = [embeddingModel, entailmentModel, languageModel].map((model) => model && [model.id, model.version]);
  return cascadeVersion({ ...files, models });
}
