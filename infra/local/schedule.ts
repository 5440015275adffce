import { randomUUID } from 'node:crypto';
import type { FunctionPool } from './function-pool.ts';
import { localRegion } from './signature.ts';

/** Somebody sits before a laptop and waits for what a schedule finds, and looking costs nothing there. */
const MOST_MINUTES = 1;

/** Invokes a function every so many minutes, and each minute at the latest, with EventBridge's scheduled event; a run that is still going on is not joined by a second. */
export function startSchedule(pool: FunctionPool, everyMinutes: number, now: () => Date) {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: now().toISOString(),
      region: localRegion,
      resources: [`arn:aws:events:${localRegion}:000000000000:rule/${pool.name}`],
      detail: {},
    };
    const outcome = await pool.invoke(JSON.stringify(event));
    if (!outcome.ok) pool.log.line(`${pool.name}: scheduled run failed (${outcome.error})`);
    running = false;
  }, Math.min(everyMinutes, MOST_MINUTES) * 60_000);
  return { stop: () => clearInterval(timer) };
}
