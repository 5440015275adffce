import type { Severity } from '../domain/severity.ts';
import type { Degradation } from '../domain/verdict.ts';
import { type CallBudget, callBudget } from '../llm/call-budget.ts';
import { type CircuitBreaker, circuitBreaker } from '../llm/circuit-breaker.ts';
import { FailedCall } from '../llm/failed-call.ts';
import { withRetries } from '../llm/retry.ts';
import type { Clock, LanguageModel, Log } from '../ports.ts';
import type { Deadline } from './deadline.ts';
import type { Settings } from './settings.ts';
import type { StageAnswer } from './stage.ts';

export interface LlmQuestion {
  readonly source: string;
  readonly level: Severity | undefined;
  readonly text: string;
}
/** An answer, a reason why there is none, or undefined: asked, and no label fits. */
export type LlmOutcome = { readonly answer: StageAnswer } | { readonly degraded: Degradation } | undefined;

export interface LlmStage {
  /** Outcomes in the order asked; never throws. */
  ask(questions: readonly LlmQuestion[], deadline: Deadline): Promise<readonly LlmOutcome[]>;
}

const LEAST_CALL_MS = 500;
const BREAKER = { failures: 3, pauseMs: 60_000 };

/** What bounds the calls of a process, in whatever labels they ask. */
export interface LlmGuard {
  readonly clock: Clock;
  readonly budget: CallBudget;
  readonly breaker: CircuitBreaker;
}

export function llmGuard(clock: Clock, { llm }: Settings, log?: Log): LlmGuard {
  const onSpent = () => log?.('warn', 'language-model-out-of-budget', { callsPerHour: llm.callsPerHour });
  return { clock, budget: callBudget(clock, llm.callsPerHour, onSpent), breaker: circuitBreaker(clock, BREAKER) };
}

interface Parts extends LlmGuard {
  readonly model: LanguageModel;
  readonly settings: Settings;
  readonly log: Log | undefined;
}

/** The language model as the last stage: texts in calls of a bounded size, behind a budget and a circuit breaker. */
export function llmStage(model: LanguageModel, settings: Settings, guard: LlmGuard, log?: Log): LlmStage {
  const parts = { model, settings, log, ...guard };
  return {
    async ask(questions, deadline) {
      const outcomes: LlmOutcome[] = [];
      for (let at = 0; at < questions.length; at += settings.llm.textsPerCall)
        outcomes.push(...(await askOnce(parts, questions.slice(at, at + settings.llm.textsPerCall), deadline)));
      return outcomes;
    },
  };
}

async function askOnce(parts: Parts, questions: readonly LlmQuestion[], deadline: Deadline): Promise<LlmOutcome[]> {
  const { model, settings, clock, breaker, budget, log } = parts;
  const all = (degraded: Degradation) => questions.map(() => ({ degraded }));
  if (!deadline.leaves(LEAST_CALL_MS)) return all('out-of-time');
  if (!breaker.allows()) return all('llm-failed');
  if (!budget.take()) return all('llm-out-of-budget');
  const timeoutMs = Math.min(settings.llm.timeoutMs, deadline.remainingMs());
  try {
    const answers = await withRetries((leftMs) => model.label(questions, settings.labels, { timeoutMs: leftMs }), {
      clock,
      timeoutMs,
      mayRetry: () => budget.take(),
    });
    breaker.succeeded();
    return questions.map((_, index) => outcomeOf(answers[index], parts));
  } catch (error) {
    if (isForAll(error, timeoutMs < settings.llm.timeoutMs)) breaker.failed();
    log?.('warn', 'language-model-failed', {
      texts: questions.length,
      why: error instanceof Error ? error.message : '',
    });
    return all('llm-failed');
  }
}

/** Whether it would go no better for others: not where a caller's own labels or short time are to blame, since all tenants share the breaker. */
function isForAll(error: unknown, isCutShort: boolean): boolean {
  if (!(error instanceof FailedCall)) return true;
  return error.blame === 'service' || (error.blame === 'time' && !isCutShort);
}

function outcomeOf(answer: { label: string; confidence: number } | undefined, { settings, model }: Parts): LlmOutcome {
  if (answer === undefined || !settings.labels.some(({ name }) => name === answer.label)) return undefined;
  const confidence = Math.min(answer.confidence, settings.llm.confidenceCap);
  return {
    answer: {
      stage: 'llm',
      category: answer.label,
      confidence,
      sure: confidence >= settings.thresholds.llm,
      model: { id: model.id, version: model.version },
    },
  };
}
