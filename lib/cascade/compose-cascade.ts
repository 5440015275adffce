import type { TenantRule } from '../domain/tenant-rule.ts';
import type { Stage } from '../domain/verdict.ts';
import type { Clock, EmbeddingModel, EntailmentModel, LanguageModel, Log, Meter, VerdictCache } from '../ports.ts';
import { cachedCascade } from './cached-cascade.ts';
import { cascadeVersion, contentHash } from './cascade-version.ts';
import { type CategoryHead, checkHead } from './category-head.ts';
import type { ScoreFormula } from './content-score.ts';
import { decisionMemory } from './decision-memory.ts';
import { embeddingStage } from './embedding-stage.ts';
import { examplesStage } from './examples-stage.ts';
import { type LlmGuard, llmGuard, llmStage } from './llm-stage.ts';
import { meterEmbedding, meterEntailment, meterLanguageModel, meterVerdicts } from './meter-stages.ts';
import { ruleStage } from './rule-stage.ts';
import { compileRules, type Rule, type RuleMatcher } from './rules.ts';
import type { Settings } from './settings.ts';
import type { LocalStage } from './stage.ts';
import { stagedCascade } from './staged-cascade.ts';
import { rulesInFront } from './tenant-rules.ts';
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
  /** A tenant's own, asked before `rules`. */
  readonly tenantRules?: readonly TenantRule[];
}

/** What a cascade talks to. */
export interface CascadePorts {
  readonly cache?: VerdictCache;
  /** Absent: the stage is off. */
  readonly languageModel?: LanguageModel;
  readonly log?: Log;
  readonly meter?: Meter;
  readonly clock: Clock;
}

/** About 40 MB at the longest patterns, 5 MB at usual ones. */
const MEMORY_ENTRIES = 20_000;
/** Of each of the few cascades on other terms. */
const TERMS_MEMORY_ENTRIES = 4_000;

/** What was settled by a cross-encoder, or by nobody after it was asked: a pass for each label, against one write. */
const CROSS_ENCODED: ReadonlySet<Stage> = new Set(['zero-shot', 'none']);

/** What all cascades of a process have in common, on whatever terms. */
interface Shared {
  readonly rules: RuleMatcher;
  readonly guard: LlmGuard;
}

/** The cascade of parts that are loaded already: what `openCascade` returns, less the loading. */
export async function composeCascade(given: CascadeIngredients, talksTo: CascadePorts): Promise<OwnersCascade> {
  const { ingredients, ports } = metered(given, talksTo);
  const { settings, rules } = ingredients;
  const labels = new Set(settings.labels.map(({ name }) => name));
  const shared = { rules: compileRules(rules, labels), guard: llmGuard(ports.clock, settings, ports.log) };
  const own = await assemble(ingredients, ports, shared, MEMORY_ENTRIES);
  const inTerms = cascadesByTerms(own, settings, (terms) => {
    const asked = { ...ingredients, settings: settingsInTerms(settings, terms), tenantRules: terms.rules };
    const labelled = terms.labels === undefined ? asked : { ...asked, askedLabels: true as const };
    return assemble(labelled, ports, shared, TERMS_MEMORY_ENTRIES);
  });
  return { ...own, inTerms };
}

/** The same, with what it takes told to the meter, where there is one. */
function metered(ingredients: CascadeIngredients, ports: CascadePorts) {
  const { meter, clock, languageModel } = ports;
  if (meter === undefined) return { ingredients, ports };
  const { embeddingModel, entailmentModel } = ingredients;
  return {
    ingredients: {
      ...ingredients,
      embeddingModel: meterEmbedding(embeddingModel, { meter, clock }),
      entailmentModel: entailmentModel && meterEntailment(entailmentModel, { meter, clock }),
    },
    ports: { ...ports, languageModel: languageModel && meterLanguageModel(languageModel, { meter, clock }) },
  };
}

async function assemble(
  ingredients: CascadeIngredients,
  { languageModel, log, cache, meter }: CascadePorts,
  { rules, guard }: Shared,
  memoryEntries: number,
): Promise<Cascade> {
  const { settings, score, embeddingModel } = ingredients;
  const labels = new Set(settings.labels.map(({ name }) => name));
  const usesLlm = languageModel !== undefined && settings.stages.includes('llm');
  const staged = stagedCascade({
    version: versionOf(ingredients, usesLlm ? languageModel : undefined),
    settings,
    score,
    rules: rulesInFront(ingredients.tenantRules ?? [], labels, rules),
    ruleSettles: ruleSettles(ingredients),
    model: embeddingModel,
    localStages: await localStages(ingredients),
    llm: usesLlm ? llmStage(languageModel, settings, guard, log) : undefined,
    log,
  });
  const cascade = meter === undefined ? staged : meterVerdicts(staged, meter);
  const costly = ingredients.entailmentModel === undefined ? undefined : CROSS_ENCODED;
  return cachedCascade({ cascade, memory: decisionMemory(memoryEntries), store: cache, log, meter, costly });
}

/** Whether a rule names the category: among labels of a caller's own only the tenant's rules do, the service's know no such labels. */
function ruleSettles({ settings, askedLabels, tenantRules }: CascadeIngredients): (rule: Rule) => boolean {
  if (!settings.stages.includes('rule')) return () => false;
  if (!askedLabels) return () => true;
  const own: ReadonlySet<Rule> = new Set(tenantRules);
  return (rule) => own.has(rule);
}

async function localStages(ingredients: CascadeIngredients): Promise<LocalStage[]> {
  const { settings, rules, head, embeddingModel, tenantRules = [] } = ingredients;
  const ruleVersion = contentHash(tenantRules.length === 0 ? rules : [tenantRules, rules]).slice(0, 12);
  const asksRules = settings.stages.includes('rule') && (!ingredients.askedLabels || tenantRules.length > 0);
  const ruleStages = asksRules ? [ruleStage(ruleVersion, ruleSettles(ingredients))] : [];
  if (ingredients.askedLabels) return [...ruleStages, ...(await askedStages(ingredients))];
  const labels = new Set(settings.labels.map(({ name }) => name));
  const stages: LocalStage[] = [...ruleStages];
  if (settings.stages.includes('embedding')) {
    checkHead(head, labels, embeddingModel);
    stages.push(embeddingStage(head, embeddingModel));
  }
  if (settings.stages.includes('zero-shot')) stages.push(await zeroShotStage(ingredients));
  return stages;
}

/** A head of the labels' own examples, where there are enough, takes the place of similarity, which is part of what it says. */
async function askedStages(ingredients: CascadeIngredients): Promise<LocalStage[]> {
  const { settings, embeddingModel, entailmentModel } = ingredients;
  const learned = settings.stages.includes('embedding') ? await examplesStage(settings, embeddingModel) : undefined;
  if (learned === undefined) return [await zeroShotStage(ingredients)];
  return entailmentModel === undefined ? [learned] : [learned, await zeroShotStage(ingredients)];
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
