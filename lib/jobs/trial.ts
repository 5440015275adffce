import { createHash } from 'node:crypto';

const STEPS = 2 ** 32;

/**
 * Whether a job is among the share that models on trial judge. By a hash of its id, so that all of its chunks, and each
 * of them again, come to the same; pages and verdicts name the version that judged them.
 */
export function isOnTrial(jobId: string, share: number): boolean {
  const place = createHash('sha256').update(`trial ${jobId}`).digest().readUInt32BE(0) / STEPS;
  return place < share;
}
