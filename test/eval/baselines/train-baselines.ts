import { isAnomalous } from '../../../lib/domain/severity.ts';
import type { Statement } from '../data/statements.ts';
import { type BagOfWords, trainBagOfWords } from './bag-of-words.ts';
import { categoryExamples, pairExamples } from './training-lines.ts';

/** A trained baseline, and a sentence on what it learned from. */
export interface AnomalyBag {
  readonly classify: BagOfWords;
  readonly learnedFrom: string;
}

/** Learns from our own pairs and, where there are some, from statements: what the model itself had. */
export async function anomalyBag(statements: readonly Statement[] = []): Promise<AnomalyBag> {
  const pairs = await pairExamples();
  const examples = [...pairs, ...statements.map(({ text, level }) => ({ text, target: isAnomalous(level) ? 1 : 0 }))];
  const learnedFrom = `${pairs.length} of our training lines and ${statements.length} statements of other repositories`;
  return { classify: trainBagOfWords(examples, 2), learnedFrom };
}

export interface CategoryBag {
  readonly classify: BagOfWords;
  /** In the order of the classes. */
  readonly labels: readonly string[];
}

export async function categoryBag(): Promise<CategoryBag> {
  const { labels, examples } = await categoryExamples();
  return { classify: trainBagOfWords(examples, labels.length), labels };
}
