import { setTimeout as sleep } from 'node:timers/promises';
import type { JobClient, JobView } from './job-client.ts';
import { bar, count, cut, type Style, seconds } from './screen.ts';

const pollMs = 200;
/** Plain output (no terminal) says how far it is so often. */
const plainEveryMs = 2_000;

export interface ProgressScreen {
  show(job: JobView | undefined): void;
  /** Takes the bar away, for what is printed next. */
  clear(): void;
}

/** A bar that is drawn over itself on a terminal, or a line now and then elsewhere. */
export function openProgress(
  name: string,
  output: { isTty: boolean; width: number; write: (text: string) => void },
  style: Style,
  now: () => number,
): ProgressScreen {
  const startedMs = now();
  let saidMs = startedMs;
  return {
    show(job) {
      const judged = job === undefined ? 0 : job.accepted + job.rejected + job.failed;
      const total = job?.found;
      const numbers = total === undefined ? `${count(judged)} records` : `${count(judged)} of ${count(total)} records`;
      const elapsed = seconds(now() - startedMs);
      if (output.isTty) {
        const line = `${cut(name, 30)}  ${bar(total ? judged / total : 0, 30)}  ${numbers}  ${style.dim(elapsed)}`;
        output.write(`\r${line}\u001b[K`);
      } else if (now() - saidMs >= plainEveryMs) {
        saidMs = now();
        output.write(`${cut(name, 60)}: ${numbers} after ${elapsed}\n`);
      }
    },
    clear: () => output.isTty && output.write('\r\u001b[K'),
  };
}

/** Waits until the job has ended, telling `onProgress` of every look; undefined when `signal` says to stop looking. */
export async function watchJob(
  client: JobClient,
  find: () => Promise<JobView | undefined>,
  onProgress: (job: JobView | undefined) => void,
  signal: AbortSignal,
): Promise<JobView | undefined> {
  let job: JobView | undefined;
  while (!signal.aborted) {
    job = job === undefined ? await find() : await client.job(job.id);
    onProgress(job);
    if (job !== undefined && job.state !== 'running' && job.state !== 'awaiting-upload') return job;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
