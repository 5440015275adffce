import { maskRecord } from '../masking/mask-record.ts';
import type { EmbeddingModel } from '../ports.ts';
import { answerOf, headProbabilities } from './category-head.ts';
import type { Label, Settings } from './settings.ts';
import { dot, softmax } from './softmax.ts';
import type { LocalStage } from './stage.ts';
import { templateGroups } from './training/template-groups.ts';
import { type TaughtLabel, trainExamplesHead } from './training/train-examples-head.ts';
import { embedGroups, labelTexts, similaritiesTo } from './zero-shot-stage.ts';

/** A routine line as near to an example as this may be what the label means. */
const TOO_NEAR = 0.8;

/**
 * A head of a caller's own examples, or undefined where a label has too few different ones or there are too many labels. It says the mean of the
 * trained head's probabilities and of the labels' similarities: either alone is right less often
 * (models/README.md, "Labels of a caller's own").
 */
export async function examplesStage(settings: Settings, model: EmbeddingModel): Promise<LocalStage | undefined> {
  const { labels, zeroShot } = settings;
  const { leastExamples, mostLabels, threshold, routine } = zeroShot.asked.learned;
  if (labels.length > mostLabels) return undefined;
  const taught = labels.map(differentTexts);
  if (taught.some(({ examples }) => examples < leastExamples)) return undefined;

  const lines = routine.map((message) => maskRecord({ source: '', message }).canonical);
  const groups = labelTexts(settings, true);
  const vectors = await embedGroups([...groups, zeroShot.background, lines], model);
  const lessons = labels.map(({ name }, at): TaughtLabel => {
    const kept = groups[at]?.map((text) => taught[at]?.texts.has(text));
    return { name, vectors: vectors[at]?.filter((_, text) => kept?.[text]) ?? [] };
  });
  const none = farFrom(lessons, vectors.slice(labels.length).flat());
  const head = await trainExamplesHead(lessons, none, { trainedOn: `${model.id}@${model.version}`, threshold });
  const similarities = similaritiesTo(vectors.slice(0, labels.length + 1), true);
  return {
    name: 'embedding',
    costly: false,
    ask: async ({ text, embedded }) => {
      if (embedded === undefined) return undefined;
      const similar = softmax(similarities(embedded.embedding), zeroShot.temperature);
      const learned = headProbabilities(head, { text, embedded });
      const answer = answerOf(
        head,
        learned.map((p, label) => (p + (similar[label] ?? 0)) / 2),
      );
      return (
        answer && { stage: 'embedding', ...answer, byExamples: true, model: { id: model.id, version: model.version } }
      );
    },
  };
}

/** The texts of a label less twins: an example that repeats another's template teaches nothing and would be its own proof. */
function differentTexts({ name, description, examples }: Label) {
  const groups = templateGroups(examples);
  const different = examples.filter((_, at) => groups.indexOf(groups[at] ?? -1) === at);
  return { texts: new Set([name, description, ...different]), examples: different.length };
}

/** Some of a head's lines of none may be what a caller's label is about: those are left out. */
function farFrom(lessons: readonly TaughtLabel[], lines: readonly Float32Array[]): readonly Float32Array[] {
  const taught = lessons.flatMap(({ vectors }) => vectors);
  return lines.filter((line) => taught.every((vector) => dot(vector, line) < TOO_NEAR));
}
