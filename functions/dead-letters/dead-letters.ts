import * as z from 'zod';
import { handleDeadLetter } from '../../lib/jobs/dead-letters.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';
import { withQueue } from '../with-queue.ts';

/** Hears every dead-letter queue: what was given up on is recorded, so that its job ends and says so. */
export const handler = withQueue(
  z.unknown(),
  async (body, context) => {
    const outcome = await handleDeadLetter(openPorts(), body);
    openPorts().telemetry.meter.count('deadLetters', [outcome]);
    log('error', 'dead-letter', { requestId: context.awsRequestId, outcome });
    return undefined;
  },
  { log, flush },
);
