import { allConsumers, queueConsumers } from '../cdk/refuse-settings.ts';
import type { Settings } from '../cdk/settings.ts';
import { type FunctionTopology, functions } from '../topology.ts';

/** What Lambda allows an account in a region. */
export interface AccountLimits {
  readonly concurrentExecutions: number;
  /** Less what functions of the account have reserved for themselves. */
  readonly unreserved: number;
}

/** New accounts may be held to this much memory a function until they ask. */
const NEW_ACCOUNT_MEMORY_MB = 3_008;

export interface PreflightReport {
  readonly fits: boolean;
  readonly lines: readonly string[];
}

/** Whether the settings fit what the account allows, and what to change where they do not. */
export function preflightReport(settings: Settings, limits: AccountLimits): PreflightReport {
  const { reserve } = settings.concurrency;
  const queues = allConsumers(settings);
  const consumers = queueConsumers(settings);
  const uncapped = consumers.flatMap(({ queue, capped }) => (capped ? [] : [queue]));
  const left = limits.unreserved - queues - reserve;
  const all: readonly FunctionTopology[] = Object.values(functions);
  const caps = consumers.map(({ queue, usual }) => `${queue} ${usual}`);
  const memoryMb = Math.max(...all.map((each) => each.memoryMb));
  return {
    fits: left >= 0,
    lines: [
      `The account runs ${limits.concurrentExecutions} functions at once, ${limits.unreserved} of them unreserved.`,
      `The queues take up to ${queues} (${caps.join(', ')}), and ${reserve} are kept for the API.`,
      ...(uncapped.length === 0
        ? []
        : [`${uncapped.join(' and ')} are uncapped: a flood of them may take whatever the account has left.`]),
      left >= 0
        ? `It fits: ${left} are left for the API and whatever else runs in the account.`
        : `It does not fit: ${-left} too many. Lower concurrency.queues (chunks-bulk first), as infra/config/minimal.ts does, or ask for more: Service Quotas, AWS Lambda, Concurrent executions.`,
      `The largest function wants ${memoryMb} MB; a new account allows ${NEW_ACCOUNT_MEMORY_MB}.`,
    ],
  };
}
