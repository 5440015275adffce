import { join } from 'node:path';
import { readSettingsFile, type Settings, settingsSchema } from '../../lib/cascade/settings.ts';
import { indexOfHighest, softmax } from '../../lib/cascade/softmax.ts';
import { settingsInTerms } from '../../lib/cascade/terms-cascades.ts';
import { labelSimilarities } from '../../lib/cascade/zero-shot-stage.ts';
import type { AskedLabel } from '../../lib/domain/label-set.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { type Concept, canonicalOf, draw, readConcepts } from './concepts.ts';
import { printLearned } from './own-labels-learned.ts';
import { rememberingModel } from './remembering-model.ts';
import { runCommand } from './run-command.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import { shortShare } from './short-share.ts';

/**
 * How right the embedding's similarity is in labels that nobody trained, and which temperature and threshold suit it
 * (`zeroShot.asked` of lib/cascade/settings.ts): label sets of 2 to 50 concepts are drawn, and lines of these and, as
 * many, of other concepts are sorted into them. `node models/training/own-labels.ts`. A model that was trained on
 * concepts.csv knows these lines: the figures are then those of its own lessons. Last, the head that examples train.
 */
const MODELS = join(import.meta.dirname, '..');
const SIZES = [2, 5, 10, 20, 50];
const SETS_OF_A_SIZE = 30;
const LINES_OF_A_SET = 60;
/** The first lines of a concept are shown as examples where examples are given, and are never asked. */
const EXAMPLES = 3;
const TEMPERATURES = [0.03, 0.04, 0.05, 0.06, 0.08];
const THRESHOLDS = [0.4, 0.5, 0.6, 0.7, 0.8];
const WORDINGS = ['name', 'description', 'examples'] as const;
type Wording = (typeof WORDINGS)[number];

/** Cosines with the labels and, last, with the background; `target` is the label's index, the background's for a line of none. */
interface Judged {
  readonly cosines: readonly number[];
  readonly target: number;
}

function toLabel({ name, description, lines }: Concept, wording: Wording): AskedLabel {
  if (wording === 'name') return { name, examples: [] };
  return { name, description, examples: wording === 'examples' ? lines.slice(0, EXAMPLES) : [] };
}

interface Drawing {
  readonly size: number;
  readonly wording: Wording;
  readonly random: Random;
}

async function judge(
  concepts: readonly Concept[],
  settings: Settings,
  model: EmbeddingModel,
  { size, wording, random }: Drawing,
): Promise<readonly Judged[]> {
  const drawn = draw(random, concepts, size);
  const asked = settingsInTerms(settings, { labels: { labels: drawn.map((concept) => toLabel(concept, wording)) } });
  const similarities = await labelSimilarities(asked, model, true);
  const others = concepts.filter((concept) => !drawn.includes(concept));
  const lines = [
    ...drawLines(random, drawn, (concept) => drawn.indexOf(concept)),
    ...drawLines(random, others, () => size),
  ];
  const embedded = await model.embed(lines.map(({ canonical }) => canonical));
  return lines.map(({ target }, index) => ({
    cosines: similarities(embedded[index]?.embedding ?? new Float32Array()),
    target,
  }));
}

function drawLines(random: Random, concepts: readonly Concept[], targetOf: (concept: Concept) => number) {
  const all = concepts.flatMap((concept) =>
    concept.lines.slice(EXAMPLES).map((message) => ({ message, target: targetOf(concept) })),
  );
  return draw(random, all, LINES_OF_A_SET).map(({ message, target }) => ({
    canonical: canonicalOf(message),
    target,
  }));
}

interface Figures {
  /** Of the lines that belong to a label, those that got it. */
  readonly recall: number;
  /** Of the verdicts with a label, the right ones; half of the lines belong to none. */
  readonly precision: number;
}

function figuresAt(judged: readonly Judged[], temperature: number, threshold: number): Figures {
  let [right, settled, own] = [0, 0, 0];
  for (const { cosines, target } of judged) {
    const none = cosines.length - 1;
    const probabilities = softmax(cosines, temperature);
    const best = indexOfHighest(probabilities.slice(0, none));
    const confidence = probabilities[best] ?? 0;
    const isSettled = confidence >= threshold && confidence > (probabilities[none] ?? 0);
    if (target !== none) own += 1;
    if (isSettled) settled += 1;
    if (isSettled && best === target) right += 1;
  }
  return { recall: right / own, precision: settled === 0 ? 1 : right / settled };
}

/** Harmonic mean of precision and recall. */
function f1({ precision, recall }: Figures): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** A line per temperature and threshold: precision and recall by the size of the set, the mean F1 last. */
function table(judgedBySize: readonly (readonly Judged[])[]): readonly string[] {
  return TEMPERATURES.flatMap((temperature) =>
    THRESHOLDS.map((threshold) => {
      const figures = judgedBySize.map((judged) => figuresAt(judged, temperature, threshold));
      const bySize = figures
        .map(({ precision, recall }) => `${shortShare(precision)}/${shortShare(recall)}`)
        .join('  ');
      return `${temperature.toFixed(2)}  ${threshold.toFixed(2)}  ${bySize}  ${shortShare(mean(figures.map(f1)))}`;
    }),
  );
}

async function main(): Promise<void> {
  const settings = await readSettingsFile(join(MODELS, 'labels.json'), 'labels', settingsSchema);
  const model = await loadEmbeddingModel(MODELS, { threads: 1 });
  const reading = rememberingModel(model);
  const concepts = await readConcepts();
  console.log(`${model.id}@${model.version}, ${concepts.length} concepts`);
  for (const wording of WORDINGS) {
    const random = seededRandom(1);
    const judgedBySize: Judged[][] = [];
    for (const size of SIZES) {
      const ofSize: Judged[] = [];
      for (let set = 0; set < SETS_OF_A_SIZE; set++)
        ofSize.push(...(await judge(concepts, settings, reading, { size, wording, random })));
      judgedBySize.push(ofSize);
    }
    console.log(`\nby ${wording}: temperature, threshold, precision/recall at ${SIZES.join(', ')} labels, mean F1`);
    console.log(table(judgedBySize).join('\n'));
  }
  await printLearned(settings, reading);
  await model.close();
}

await runCommand(main);
