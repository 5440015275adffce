import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** CPU that a function's process took, in seconds: the thread that runs our code, and all others (inference, collection). */
const cpuSchema = z.object({ mainSeconds: z.number(), otherSeconds: z.number() });

/** One file through the whole laptop stack, everything warm. */
const runSchema = z.object({
  /** Share of lines whose pattern came before. */
  repeated: z.number(),
  lines: z.int(),
  patterns: z.int(),
  sourceBytes: z.int(),
  resultsBytes: z.int(),
  /** Of the pages' items, packed. */
  verdictBytes: z.int(),
  logBytes: z.int(),
  cpu: z.record(z.string(), cpuSchema),
  usage: z.object({
    dynamoReadUnits: z.number(),
    dynamoWriteUnits: z.number(),
    pageWriteUnits: z.number(),
    cacheWriteUnits: z.number(),
    s3Puts: z.number(),
    s3Gets: z.number(),
    messages: z.number(),
    calls: z.number(),
  }),
});
export type MeasuredRun = z.infer<typeof runSchema>;

/** What `npm run cost -- --measure` wrote; see test/bench/cost-measures.ts. */
export const measuresSchema = z.object({
  date: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.int(), node: z.string(), load: z.number() }),
  runs: z.array(runSchema).min(2),
  /** A run of the sweep with nothing to do. */
  sweep: z.object({ cpuSeconds: z.number(), readUnits: z.number(), calls: z.number() }),
  languageModel: z.object({
    /** Of the distinct patterns of events/sample.csv, those no other stage settles. */
    askedShare: z.number(),
    /** Characters a pattern sends in a full call, the prompt's share included, and gets back. */
    sentChars: z.number(),
    receivedChars: z.number(),
  }),
});
export type Measures = z.infer<typeof measuresSchema>;

export const measuresFile = join(import.meta.dirname, 'measures.json');

export async function readMeasures(): Promise<Measures> {
  return measuresSchema.parse(JSON.parse(await readFile(measuresFile, 'utf8')));
}
