import { inParallel } from '../in-parallel.ts';
import type { DeadLetter, DeadLetterQueue } from '../ports.ts';
import { type DeadLetterOutcome, type DeadLetterPorts, handleDeadLetter } from './dead-letters.ts';

export interface DrainPorts extends DeadLetterPorts {
  readonly deadLetters: readonly DeadLetterQueue[];
}

/** What came of a dead letter; `kept`: it could not be handled, and comes again. */
export type DeadLetterEnd =
  | { readonly outcome: DeadLetterOutcome }
  | { readonly outcome: 'kept'; readonly why: unknown };

/** Of one queue in one run, ten letters each, so that a flood of them cannot use up the time of a run. */
const TAKES = 50;

/**
 * Takes what lies in the dead-letter queues and handles it, each queue by itself. A letter is removed when its job knows:
 * whoever dies between handles it again, which changes nothing. Throws when a queue cannot be asked, after the others.
 */
export async function drainDeadLetters(ports: DrainPorts, tell: (end: DeadLetterEnd) => void): Promise<void> {
  await inParallel(ports.deadLetters, ports.deadLetters.length, (queue) => drain(ports, queue, tell));
}

async function drain(ports: DrainPorts, queue: DeadLetterQueue, tell: (end: DeadLetterEnd) => void): Promise<void> {
  for (let takes = 0; takes < TAKES; takes++) {
    const letters = await queue.take();
    if (letters.length === 0) return;
    const ends = await inParallel(letters, letters.length, (letter) => end(ports, letter));
    for (const each of ends) tell(each);
    await queue.remove(letters.filter((_, at) => ends[at]?.outcome !== 'kept'));
  }
}

async function end(ports: DrainPorts, { body }: DeadLetter): Promise<DeadLetterEnd> {
  try {
    return { outcome: await handleDeadLetter(ports, parseBody(body)) };
  } catch (why) {
    return { outcome: 'kept', why };
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
