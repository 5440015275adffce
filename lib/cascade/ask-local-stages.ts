import type { Degradation } from '../domain/verdict.ts';
import type { Log } from '../ports.ts';
import type { Deadline } from './deadline.ts';
import { BATCH_RESERVE_MS } from './embed-texts.ts';
import type { AskedStage } from './settings.ts';
import type { LocalStage, StageAnswer, TextReading } from './stage.ts';

export interface LocalOutcome {
  /** The first answer that was sure. */
  readonly sure: StageAnswer | undefined;
  /** The likeliest of those that were not. */
  readonly guess: StageAnswer | undefined;
  readonly degraded: Degradation | undefined;
}

/** Asks stage after stage until one is sure, the routed one first. A stage that throws or for which no time is left is passed over. */
export async function askLocalStages(
  stages: readonly LocalStage[],
  route: AskedStage | undefined,
  reading: TextReading,
  deadline: Deadline,
  log?: Log,
): Promise<LocalOutcome> {
  let guess: StageAnswer | undefined;
  let degraded: Degradation | undefined;
  for (const stage of inOrder(stages, route)) {
    const answer = await askStage(stage, reading, deadline, log);
    if (typeof answer === 'string') degraded = answer;
    else if (answer?.sure) return { sure: answer, guess, degraded };
    else if (answer !== undefined && answer.confidence > (guess?.confidence ?? -1)) guess = answer;
  }
  return { sure: undefined, guess, degraded };
}

function inOrder(stages: readonly LocalStage[], route: AskedStage | undefined): readonly LocalStage[] {
  const first = stages.filter(({ name }) => name === route);
  return first.length === 0 ? stages : [...first, ...stages.filter(({ name }) => name !== route)];
}

async function askStage(
  stage: LocalStage,
  reading: TextReading,
  deadline: Deadline,
  log: Log | undefined,
): Promise<StageAnswer | Degradation | undefined> {
  if (stage.costly && !deadline.leaves(BATCH_RESERVE_MS)) return 'out-of-time';
  try {
    return await stage.ask(reading);
  } catch (error) {
    // Its name only: a message may hold what the stage was asked.
    log?.('error', 'stage-failed', { stage: stage.name, why: error instanceof Error ? error.name : 'unknown' });
    return 'model-failed';
  }
}
