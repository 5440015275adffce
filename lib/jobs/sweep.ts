import type { Finished } from '../domain/chunk.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Queue } from '../ports.ts';
import { failJob } from './end-job.ts';
import { uploadKey } from './keys.ts';
import { sealLogJob } from './log-delivery.ts';
import { sayFinished, sendFailedAgain } from './replay.ts';
import { keepTerms, type PinPorts } from './tenant-terms.ts';
import { resumeThrottled, sendDeliveries, type ThrottlePorts, throttleJob } from './throttle.ts';

export interface SweepPorts extends ThrottlePorts, Omit<PinPorts, 'termsOf'> {
  readonly finished: Queue<Finished>;
  readonly uploadsBucket: string;
}

const MINUTE = 60_000;
/** A job that moves is touched more often than this. */
const IDLE_MS = 10 * MINUTE;
/** Longer than a message of the uploads queue stays hidden after its function died: only then is reading ordered again. */
const UNREAD_MS = 60 * MINUTE;
/** A chunk of a log group's hour that was sent is judged or given up by then: five receives, twelve minutes apart, after the hour. */
const UNSENT_MS = 3 * 60 * MINUTE;
/** Dead letters end a job within days; one that is still open after a week is beyond our help. */
const STALLED_MS = 7 * 24 * 60 * MINUTE;
/** An upload that began just before its link expired may take as long again. */
const UPLOAD_MS = 2 * LIMITS.linkSeconds * 1_000;
const JOBS_AT_ONCE = 200;

/**
 * Looks again at jobs that have been idle. Whatever it does, the usual messages would have done; returns how many it
 * looked at. A job that cannot be looked at keeps no other from its turn: each is told, and the first one's error thrown after them.
 */
export async function sweep(ports: SweepPorts, tell?: (jobId: string, why: unknown) => void): Promise<number> {
  const before = new Date(ports.clock.now().getTime() - IDLE_MS).toISOString();
  const idle = await ports.jobs.idle(before, JOBS_AT_ONCE);
  const failures: unknown[] = [];
  for (const { tenant, jobId } of idle)
    try {
      const job = await ports.jobs.get(tenant, jobId);
      if (job !== undefined) await lookAgain(ports, job);
    } catch (error) {
      tell?.(jobId, error);
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
  return idle.length;
}

async function lookAgain(ports: SweepPorts, job: Job): Promise<void> {
  try {
    await recheck(ports, job);
  } catch (error) {
    // Bytes of a delivery are no longer kept: no later round sends them.
    if (!(error instanceof InvalidInput)) throw error;
    await failJob(ports, job, error);
  }
}

async function recheck(ports: SweepPorts, job: Job): Promise<void> {
  const now = ports.clock.now();
  const orders = isUnread(job, now);
  // First, so that a job that cannot be helped does not keep the others from their turn.
  const at = now.toISOString();
  const change = { touchedAt: at, swept: { at, movedAt: orders ? at : movedAt(job) } };
  await ports.jobs.update(job.tenant, job.id, [job.state], change);
  if (job.state === 'awaiting-upload') return recheckUpload(ports, job);
  if (job.state !== 'running') return ports.finished.send([{ tenant: job.tenant, jobId: job.id, segment: 0 }]);
  if (job.throttled !== undefined) {
    await ports.jobs.keep(job.tenant, job.id);
    await keepTerms(ports, job);
    await resumeThrottled(ports, job);
  } else if (age(ports, job) > STALLED_MS) return failJob(ports, job, STALLED);
  if (job.kind === 'log-group') return recheckLogJob(ports, job);
  if (orders) await ports.ingestOrders.send([{ tenant: job.tenant, jobId: job.id }]);
  await recheckSegments(ports, job);
}

/** Whoever reads touches the job when it begins and goes on. */
function isUnread(job: Job, now: Date): boolean {
  if (job.state !== 'running' || job.kind === 'log-group' || job.throttled !== undefined) return false;
  return job.totals === undefined && now.getTime() - Date.parse(movedAt(job)) > UNREAD_MS;
}

/** When anything but the sweep's own looking last touched the job. */
function movedAt({ touchedAt, swept }: Job): string {
  return swept?.at === touchedAt ? swept.movedAt : touchedAt;
}

const STALLED = { code: 'stalled', message: 'the job did not end within a week; tell whoever runs this service' };
const EXPIRED = { code: 'upload-expired', message: 'the bytes did not arrive before the link expired' };

async function recheckUpload(ports: SweepPorts, job: Job): Promise<void> {
  const arrived = await ports.objects.head({ bucket: ports.uploadsBucket, key: uploadKey(job) });
  if (arrived !== undefined) return ports.ingestOrders.send([{ tenant: job.tenant, jobId: job.id }]);
  if (age(ports, job) < UPLOAD_MS) return;
  await failJob(ports, job, EXPIRED);
}

async function recheckLogJob(ports: SweepPorts, job: Job): Promise<void> {
  const sealed = job.totals === undefined ? await sealLogJob(ports, job) : job;
  if (sealed === undefined) return;
  // Whoever took a delivery may have died before its chunks were sent, and come again only in the next hour.
  const isSendable = sealed.throttled === undefined && age(ports, sealed) > UNSENT_MS;
  const refused = isSendable ? await sendDeliveries(ports, sealed) : undefined;
  if (refused !== undefined) await throttleJob(ports, sealed, { lines: refused });
  await recheckSegments(ports, sealed);
}

async function recheckSegments(ports: SweepPorts, job: Job): Promise<void> {
  const segments = await ports.jobs.segments(job.tenant, job.id);
  await sendFailedAgain(ports, job, segments);
  await sayFinished(ports, job, segments);
}

function age({ clock }: SweepPorts, job: Job): number {
  return clock.now().getTime() - Date.parse(job.resumedAt ?? job.createdAt);
}
