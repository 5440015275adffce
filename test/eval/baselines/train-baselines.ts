import { SEVERITIES } from '../../../lib/domain/severity.ts';
import type { Statement } from '../data/statements.ts';
import { type BagOfWords, trainBagOfWords } from './bag-of-words.ts';
import { categoryExamples, pairExamples } from './training-lines.ts';

/** A trained baseline, and a sentence on what it learned from. */
export interface AnomalyBag {
  readonly classify: BagOfWords;
  readonly learnedFrom: string;
}

/** Learns from statements where there are some, else from our own pairs; undefined where there are neither. */
export async function anomalyBag(
  linesFolder: string,
  statements: readonly Statement[] | undefined,
): Promise<AnomalyBag | undefined> {
  if (statements !== undefined) {
    const examples = statements.map(({ text, level }) => ({
      text,
      target: SEVERITIES.indexOf(level) >= SEVERITIES.indexOf('warn') ? 1 : 0,
    }));
    return {
      classify: trainBagOfWords(examples, 2),
      learnedFrom: `${examples.length} statements of other repositories`,
    };
  }
  const examples = await pairExamples(linesFolder);
  if (examples.length === 0) return undefined;
  return { classify: trainBagOfWords(examples, 2), learnedFrom: `${examples.length} of our training lines` };
}

export interface CategoryBag {
  readonly classify: BagOfWords;
  /** In the order of the classes. */
  readonly labels: readonly string[];
}

export async function categoryBag(linesFolder: string): Promise<CategoryBag> {
  const { labels, examples } = await categoryExamples(linesFolder);
  return { classify: trainBagOfWords(examples, labels.length), labels };
}
