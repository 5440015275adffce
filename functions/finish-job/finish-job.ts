import { finishedSchema } from '../../lib/domain/chunk.ts';
import { finish } from '../../lib/jobs/finish-job.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';
import { withQueue } from '../with-queue.ts';

export const handler = withQueue(
  finishedSchema,
  async (message) => {
    await finish(openPorts(), message);
    return undefined;
  },
  { log, flush },
);
