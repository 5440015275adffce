import type { CategoryHead } from '../../../lib/cascade/category-head.ts';
import { type CascadeIngredients, composeCascade } from '../../../lib/cascade/compose-cascade.ts';
import type { ScoreFormula } from '../../../lib/cascade/content-score.ts';
import type { Rule } from '../../../lib/cascade/rules.ts';
import { type Settings, settingsSchema } from '../../../lib/cascade/settings.ts';
import type { OwnersCascade } from '../../../lib/cascade/types.ts';
import type { LanguageModel, VerdictCache } from '../../../lib/ports.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { FAKE_DIMENSIONS, fakeEmbeddingModel } from '../../fakes/embedding-model.ts';

/** Axis 0 reads like Fruit, axis 1 like Tool for the head; axis 2 lies at the description of Fruit, axis 3 is nothing known. */
export const AXIS = { fruit: 0, tool: 1, fruitDescription: 2, nothing: 3 } as const;

/** What the fake model makes of a text: the axis whose name it holds. */
export function anEmbeddingModel() {
  return fakeEmbeddingModel((text) => {
    if (text.includes('about fruit') || text.includes('near the description')) return { axis: AXIS.fruitDescription };
    if (text.includes('about tools')) return { axis: 6 };
    if (text.includes('apple')) return { axis: AXIS.fruit, errorLogit: text.includes('rotten') ? 6 : -6 };
    if (text.includes('hammer')) return { axis: AXIS.tool };
    return { axis: AXIS.nothing };
  });
}

function axisRow(axis: number): number[] {
  return Array.from({ length: FAKE_DIMENSIONS }, (_, at) => (at === axis ? 8 : 0));
}

export const HEAD: CategoryHead = {
  labels: ['Fruit', 'Tool', 'Unclassified'],
  weights: [axisRow(AXIS.fruit), axisRow(AXIS.tool), axisRow(AXIS.nothing)],
  bias: [0, 0, 0],
  temperature: 1,
  threshold: 0.5,
  trainedOn: 'fake@1',
};

export const SCORE: ScoreFormula = {
  prior: 0.5,
  content: 1,
  bias: 0,
  level: { debug: -3, info: -2, warn: 2, error: 4, critical: 6 },
  inlineLevel: { higher: 0.9, lower: 0.5 },
  evidence: { 'http:5xx': 3, 'http:2xx': -2 },
  covers: { scripts: ['Latin'], languages: ['en'], leastShare: 0.5 },
};

export function someSettings(change: Record<string, unknown> = {}): Settings {
  return settingsSchema.parse({
    labels: [
      { name: 'Fruit', description: 'about fruit', usualSeverity: 'info' },
      { name: 'Tool', description: 'about tools', usualSeverity: 'error' },
    ],
    routes: { LegacyCRM: 'llm' },
    thresholds: { zeroShot: 0.8, llm: 0.5 },
    zeroShot: { temperature: 0.1, hypothesis: 'It is {}.', background: ['about nothing'] },
    llm: { textsPerCall: 20, timeoutMs: 1000, callsPerHour: 100, confidenceCap: 0.9 },
    ...change,
  });
}

const RULES: readonly Rule[] = [
  { id: 'picked', label: 'Fruit', pattern: '^picked ', confidence: 0.99, severity: 'info' },
  { id: 'saw', label: 'Tool', pattern: '^saw ', confidence: 0.98 },
  { id: 'any-picked', label: 'Tool', pattern: 'picked', confidence: 0.9 },
];

export interface Given {
  readonly rules?: readonly Rule[];
  readonly head?: CategoryHead;
  readonly maskingVersion?: string;
  readonly settings?: Settings;
  readonly score?: ScoreFormula;
  readonly model?: ReturnType<typeof anEmbeddingModel>;
  readonly entailmentModel?: CascadeIngredients['entailmentModel'];
  readonly languageModel?: LanguageModel;
  readonly cache?: VerdictCache;
  readonly clock?: ReturnType<typeof fakeClock>;
}

/** The real cascade on a fake model of two labels and three rules. */
export function aCascade(given: Given = {}): Promise<OwnersCascade> {
  const ingredients: CascadeIngredients = {
    settings: given.settings ?? someSettings(),
    rules: given.rules ?? RULES,
    score: given.score ?? SCORE,
    head: given.head ?? HEAD,
    embeddingModel: given.model ?? anEmbeddingModel(),
    entailmentModel: given.entailmentModel,
    maskingVersion: given.maskingVersion ?? '1',
  };
  const { cache, languageModel, clock = fakeClock() } = given;
  return composeCascade(ingredients, { cache, languageModel, clock });
}
