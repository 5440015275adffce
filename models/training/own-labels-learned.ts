import { examplesStage } from '../../lib/cascade/examples-stage.ts';
import type { Settings } from '../../lib/cascade/settings.ts';
import type { LocalStage } from '../../lib/cascade/stage.ts';
import { settingsInTerms } from '../../lib/cascade/terms-cascades.ts';
import { similarityStage } from '../../lib/cascade/zero-shot-stage.ts';
import { UNCLASSIFIED } from '../../lib/domain/verdict.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { type Concept, canonicalOf, draw, readCategories, readConcepts } from './concepts.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import { shortShare } from './short-share.ts';

const SETS_OF_A_SIZE = 10;
const LINES_OF_A_SET = 100;
const THRESHOLDS = [0.5, 0.55, 0.6, 0.65];

/** What a stage said of a line; absent where nothing or "none of these" was likelier. */
interface Said {
  readonly category: string | undefined;
  readonly confidence: number;
  readonly truth: string;
}
interface Trial {
  readonly concepts: readonly Concept[];
  readonly size: number;
  readonly examples: number;
}

/** Prints similarity beside the head of a set's own examples: precision/recall by the size of the set, half of the lines of none. */
export async function printLearned(settings: Settings, model: EmbeddingModel): Promise<void> {
  const concepts = await readConcepts();
  const categories = await readCategories(settings);
  for (const [title, drawn, sizes, counts] of [
    ['concepts', concepts, [2, 5, 10, 20, 50], [5, 8]],
    ["the service's own categories", categories, [2, 5, 9], [5, 10, 20, 50]],
  ] as const) {
    for (const examples of counts) {
      console.log(
        `\n${title}, ${examples} examples a label: threshold, precision/recall at ${sizes.join(', ')} labels`,
      );
      const said = { similarity: [] as (readonly Said[])[], 'examples head': [] as (readonly Said[])[] };
      for (const size of sizes) {
        const { similarity, learned } = await judge(settings, model, { concepts: drawn, size, examples });
        said.similarity.push(similarity);
        said['examples head'].push(learned);
      }
      for (const [stage, bySize] of Object.entries(said))
        for (const threshold of THRESHOLDS) console.log(row(stage, threshold, bySize));
    }
  }
}

async function judge(settings: Settings, model: EmbeddingModel, { concepts, size, examples }: Trial) {
  const random = seededRandom(size * 100 + examples);
  const [similarity, learned]: [Said[], Said[]] = [[], []];
  for (let set = 0; set < SETS_OF_A_SIZE; set++) {
    const nameable = concepts.filter(({ name, lines }) => name !== UNCLASSIFIED && lines.length > examples);
    const drawn = draw(random, nameable, size).map((concept) => ({
      ...concept,
      lines: draw(random, concept.lines, 1e9),
    }));
    const labels = drawn.map(({ name, description, lines }) => ({
      name,
      description,
      examples: lines.slice(0, examples),
    }));
    const asked = atAnyConfidence(settingsInTerms(settings, { labels: { labels } }));
    const taught = await examplesStage(asked, model);
    // Twins among the examples: the service would take similarity too.
    if (taught === undefined) continue;
    const seen = new Set(settings.zeroShot.asked.learned.routine.map(canonicalOf));
    const lines = drawLines(random, drawn, concepts, examples).filter(({ text }) => !seen.has(text));
    similarity.push(...(await ask(await similarityStage(asked, model, true), model, lines)));
    learned.push(...(await ask(taught, model, lines)));
  }
  return { similarity, learned };
}

/** So that one asking tells of all thresholds. */
function atAnyConfidence(settings: Settings): Settings {
  const { zeroShot, thresholds } = settings;
  const learned = { ...zeroShot.asked.learned, threshold: 0, leastExamples: 2, mostLabels: 100 };
  return {
    ...settings,
    thresholds: { ...thresholds, similarity: 0 },
    zeroShot: { ...zeroShot, asked: { ...zeroShot.asked, learned } },
  };
}

function drawLines(random: Random, drawn: readonly Concept[], concepts: readonly Concept[], examples: number) {
  const names = new Set(drawn.map(({ name }) => name));
  const own = drawn.flatMap(({ name, lines }) => lines.slice(examples).map((message) => ({ message, truth: name })));
  const others = concepts.flatMap(({ name, lines }) =>
    names.has(name) ? [] : lines.map((message) => ({ message, truth: UNCLASSIFIED })),
  );
  const asked = draw(random, own, LINES_OF_A_SET);
  return [...asked, ...draw(random, others, asked.length)].map(({ message, truth }) => ({
    text: canonicalOf(message),
    truth,
  }));
}

async function ask(
  stage: LocalStage,
  model: EmbeddingModel,
  lines: readonly { text: string; truth: string }[],
): Promise<readonly Said[]> {
  const embedded = await model.embed(lines.map(({ text }) => text));
  return Promise.all(
    lines.map(async ({ text, truth }, at) => {
      const answer = await stage.ask({ text, rule: undefined, embedded: embedded[at] });
      return { category: answer?.sure ? answer.category : undefined, confidence: answer?.confidence ?? 0, truth };
    }),
  );
}

function row(stage: string, threshold: number, bySize: readonly (readonly Said[])[]): string {
  const figures = bySize.map((said) => {
    const settled = said.filter(({ category, confidence }) => category !== undefined && confidence >= threshold);
    const right = settled.filter(({ category, truth }) => category === truth).length;
    const own = said.filter(({ truth }) => truth !== UNCLASSIFIED).length;
    return { precision: right / settled.length, recall: right / own, f1: (2 * right) / (settled.length + own) };
  });
  const mean = figures.reduce((sum, { f1 }) => sum + f1, 0) / figures.length;
  const cells = figures.map(({ precision, recall }) => `${shortShare(precision)}/${shortShare(recall)}`).join('  ');
  return `${stage.padEnd(14)} ${threshold.toFixed(2)}  ${cells}  F1 ${shortShare(mean)}`;
}
