import type { Job } from '../domain/job.ts';
import type { ObjectStore } from '../ports.ts';
import { patternsKey } from './keys.ts';
import { type PatternCount, packPatterns, patternCounter, unpackPatterns } from './pattern-counts.ts';

const READS_AT_ONCE = 16;

/** Writes the job's patterns from its segments'. Written before the job ends, so that an ended job always has them. */
export async function mergePatterns(
  ports: { objects: ObjectStore; dataBucket: string },
  job: Job,
  segments: readonly number[],
): Promise<void> {
  const patterns = await readSegmentPatterns(ports, job, segments);
  await ports.objects.put(ports.dataBucket, patternsKey(job), packPatterns(patterns));
}

/** The patterns of the segments together, commonest first. */
export async function readSegmentPatterns(
  ports: { objects: ObjectStore; dataBucket: string },
  job: Job,
  segments: readonly number[],
): Promise<PatternCount[]> {
  const counter = patternCounter();
  for (let start = 0; start < segments.length; start += READS_AT_ONCE) {
    const some = segments.slice(start, start + READS_AT_ONCE);
    const read = await Promise.all(some.map((segment) => readPatterns(ports, patternsKey(job, segment))));
    for (const patterns of read) counter.merge(patterns);
  }
  return counter.commonest();
}

export async function readPatterns(
  { objects, dataBucket }: { objects: ObjectStore; dataBucket: string },
  key: string,
): Promise<PatternCount[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of await objects.read({ bucket: dataBucket, key })) blocks.push(block);
  return unpackPatterns(Buffer.concat(blocks));
}
