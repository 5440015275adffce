import { sweep } from '../../lib/jobs/sweep.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';

/** On a schedule: looks again at jobs that have not moved for a while. */
export async function handler(): Promise<void> {
  const looked = await sweep(openPorts());
  log('info', 'sweep', { looked });
  await flush();
}
