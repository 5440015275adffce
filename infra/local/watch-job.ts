import { setTimeout as sleep } from 'node:timers/promises';
import type { JobClient, JobView } from './job-client.ts';
import { bar, count, cut, type Style, seconds } from './screen.ts';

const pollMs = 200;
/** Questions in a row that may go unanswered, as when the API's function has just died. */
const maxFailures = 20;
const goingOn: ReadonlySet<string> = new Set(['awaiting-upload', 'running', 'throttled']);
/** Plain output (no terminal) says how far it is so often. */
const plainEveryMs = 2_000;
/** Without progress for so long, where to look is said once. */
const stalledMs = 20_000;

export interface Output {
  readonly isTty: boolean;
  readonly style: Style;
  write(text: string): void;
}

/** A bar that is drawn over itself on a terminal, or a line now and then elsewhere. */
export function openProgress(name: string, logs: string, { isTty, style, write }: Output, now: () => number) {
  const startedMs = now();
  let saidMs = startedMs;
  let moved = { judged: 0, atMs: startedMs, told: false };
  return {
    show(job: JobView | undefined): void {
      const judged = job === undefined ? 0 : job.accepted + job.rejected + job.failed;
      if (judged !== moved.judged) moved = { judged, atMs: now(), told: false };
      if (!moved.told && now() - moved.atMs > stalledMs) {
        moved.told = true;
        write(
          `${isTty ? '\r\u001b[K' : ''}${style.yellow('No progress for a while.')} What the functions say is in ${logs}\n`,
        );
      }
      const elapsed = seconds(now() - startedMs);
      if (isTty) {
        const drawn = `${cut(name, 30)}  ${bar(job?.progress ?? 0, 30)}  ${numbers(job, judged)}  ${style.dim(elapsed)}`;
        write(`\r${drawn}\u001b[K`);
      } else if (now() - saidMs >= plainEveryMs) {
        saidMs = now();
        write(`${cut(name, 60)}: ${numbers(job, judged)} after ${elapsed}\n`);
      }
    },
  };
}

/** How many records there are is known when the source has been read to its end. */
function numbers(job: JobView | undefined, judged: number): string {
  if (job === undefined) return 'not taken up yet';
  return job.progress === undefined ? `${count(judged)} records` : `${count(judged)} of ${count(job.found)} records`;
}

/** Waits until the job has ended, telling `onProgress` of every look; undefined when `signal` says to stop looking. */
export async function watchJob(
  client: JobClient,
  find: () => Promise<JobView | undefined>,
  onProgress: (job: JobView | undefined) => void,
  signal: AbortSignal,
): Promise<JobView | undefined> {
  let job: JobView | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const id = job?.id;
    try {
      job = id === undefined ? await find() : await client.job(id);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === maxFailures) throw error;
    }
    onProgress(job);
    if (job !== undefined && !goingOn.has(job.state)) return job;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
