import { join } from 'node:path';
import { InvalidInput, Retryable } from '../domain/errors.ts';
import { maskRecord } from '../masking/mask-record.ts';
import type { EmbeddingModel, EntailmentModel } from '../ports.ts';
import {
  type AnomalyAnswer,
  type AnomalyQuestion,
  entailmentQuestion,
  type ShownWording,
  similarityQuestion,
  wordingsSchema,
} from './anomaly-question.ts';
import { deadlineOf } from './deadline.ts';
import { BATCH_RESERVE_MS } from './embed-texts.ts';
import { readSettingsFile } from './settings.ts';
import type { DecideOptions } from './types.ts';

/** The wordings that the anomaly question can be asked in. */
export interface AnomalyQuestions {
  readonly wordings: readonly ShownWording[];
  /** Throws `InvalidInput('invalid-body')` that names the wordings there are. */
  inWording(id: string): Promise<AnomalyQuestion>;
}

/** Those of `anomaly-wordings.json`, asked of the cross-encoder where there is one, else of the embedding's similarity. */
export async function openAnomalyQuestions(
  modelsFolder: string,
  { embeddingModel, entailmentModel }: { embeddingModel: EmbeddingModel; entailmentModel?: EntailmentModel },
): Promise<AnomalyQuestions> {
  const { wordings } = await readSettingsFile(join(modelsFolder, 'anomaly-wordings.json'), 'wordings', wordingsSchema);
  const open = async (wording: ShownWording) =>
    entailmentModel === undefined
      ? similarityQuestion(embeddingModel, wording)
      : entailmentQuestion(entailmentModel, wording);
  const opened = new Map<string, Promise<AnomalyQuestion>>();
  return {
    wordings,
    inWording: async (id) => {
      const wording = wordings.find((each) => each.id === id);
      if (wording === undefined) throw unknownWording(wordings);
      const question = opened.get(id) ?? open(wording);
      opened.set(id, question);
      question.catch(() => opened.delete(id));
      return question;
    },
  };
}

function unknownWording(wordings: readonly ShownWording[]): InvalidInput {
  const message = `must be one of ${wordings.map(({ id }) => id).join(', ')}`;
  return new InvalidInput('invalid-body', `question ${message}`, { issues: [{ path: 'question', message }] });
}

/**
 * Puts the question to messages, read masked as every stage reads them, so that messages of one pattern are one pass.
 * Throws `Retryable('out-of-time')` where time does not do: what was answered is remembered, and the same again goes on.
 */
export async function askMessages(
  question: AnomalyQuestion,
  messages: readonly string[],
  { threshold, remainingMs }: DecideOptions & { readonly threshold: number },
): Promise<readonly AnomalyAnswer[]> {
  const deadline = deadlineOf(remainingMs);
  const answers: AnomalyAnswer[] = [];
  for (const message of messages) {
    if (!deadline.leaves(BATCH_RESERVE_MS))
      throw new Retryable('out-of-time', 'Not every message could be asked in time. Send it again, or fewer at once.');
    answers.push(await question(maskRecord({ source: '', message }).canonical, threshold));
  }
  return answers;
}
