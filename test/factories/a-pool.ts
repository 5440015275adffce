import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFunctionLog } from '../../infra/local/function-log.ts';
import type { FunctionPool } from '../../infra/local/function-pool.ts';
import type { Outcome } from '../../infra/local/runtime-api.ts';

/** A function of the laptop stack whose handler is `answer` (to what the test sends as an `Event`), without a process. */
export function aPool<Event>(name: string, answer: (event: Event) => Outcome | Promise<Outcome>): FunctionPool {
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
