import { type DeadLetterEnd, drainDeadLetters } from '../../lib/jobs/drain-dead-letters.ts';
import { sweep } from '../../lib/jobs/sweep.ts';
import { errorToFields } from '../../lib/log.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';

/** On a schedule: what was given up on ends its job, and jobs that have not moved for a while are looked at again. Neither waits for the other. */
export async function handler(): Promise<void> {
  const ends = await Promise.allSettled([drainDeadLetters(openPorts(), tell), lookAgain()]);
  await flush();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function lookAgain(): Promise<void> {
  const looked = await sweep(openPorts(), (jobId, why) =>
    log('error', 'sweep-failed', { jobId, ...errorToFields(why) }),
  );
  log('info', 'sweep', { looked });
}

function tell(end: DeadLetterEnd): void {
  openPorts().telemetry.meter.count('deadLetters', [end.outcome]);
  log('error', 'dead-letter', { outcome: end.outcome, ...('why' in end ? errorToFields(end.why) : {}) });
}
