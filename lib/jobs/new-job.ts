import { createHash } from 'node:crypto';
import type { Job, Pins } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Clock } from '../ports.ts';

const ID_CHARS = 26;
const TIME_CHARS = 9;

/** 26 of 0-9a-z, in the order of time (9 characters of milliseconds, enough until the year 5188), then random. `random` gives so many bytes. */
export function newJobId(clock: Clock, random: (bytes: number) => Uint8Array): string {
  const time = clock.now().getTime().toString(36).padStart(TIME_CHARS, '0');
  const tail = [...random(ID_CHARS - TIME_CHARS)].map((byte) => (byte % 36).toString(36));
  return time + tail.join('');
}

/** The same id for the same parts, in every process: what makes a repeated request the same job. */
export function hashJobId(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return BigInt(`0x${hash}`).toString(36).padStart(ID_CHARS, '0');
}

/** What judges a job and cuts it, fixed when it begins. `terms` are those of its tenant or request (`pinTerms`). */
export function newPins(
  anomalyThreshold: number,
  terms: Pick<Pins, 'labelSet' | 'ruleSet' | 'anomalyBaseRate'> = {},
): Pins {
  const { chunkRecords, chunkBytes, segmentBytes } = LIMITS;
  return { anomalyThreshold, chunkRecords, chunkBytes, segmentBytes, ...terms };
}

/** A job at its beginning. */
export function newJob(
  clock: Clock,
  fields: Pick<Job, 'tenant' | 'id' | 'kind' | 'name' | 'state' | 'wanted' | 'pins'> & Partial<Job>,
): Job {
  const now = clock.now().toISOString();
  return { ...fields, name: fields.name.slice(-LIMITS.uploadNameChars), createdAt: now, touchedAt: now };
}
