import { handler as classify } from '../../functions/classify/worker.ts';
import { handler as finish } from '../../functions/finish-job/finish-job.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import type { Service } from './a-service.ts';

/** Delivers what is on the queues to the functions that hear them, until there is none left. */
export async function runQueues(service: Service): Promise<void> {
  for (let delivered = 1; delivered > 0; ) {
    delivered = await service.deliver('uploads', ingest);
    delivered += await service.deliver('chunks-small', classify);
    delivered += await service.deliver('chunks-bulk', classify);
    delivered += await service.deliver('finished', finish);
  }
}
