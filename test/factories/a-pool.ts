import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFunctionLog } from '../../infra/local/function-log.ts';
import type { FunctionPool } from '../../infra/local/function-pool.ts';
import type { Outcome } from '../../infra/local/runtime-api.ts';

/** A function of the laptop stack whose handler is `answer`, without a process. */
export function aPool(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: an event is whatever the test sent
  answer: (event: any) => Outcome | Promise<Outcome>,
): FunctionPool {
  return {
    name,
    processes: 1,
    log: openFunctionLog(join(tmpdir(), 'logsieve-test-logs'), name),
    pids: () => [],
    warm: () => undefined,
    close: async () => undefined,
    invoke: async (event) => answer(JSON.parse(event)),
  };
}
