import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { runPass } from './pass.ts';
import type { Served } from './serve-thread.ts';
import { openSession } from './session.ts';

const dataSchema = z.strictObject({
  path: z.string(),
  threads: z.int().positive(),
  names: z.strictObject({
    inputs: z.array(z.string()),
    optionalInputs: z.array(z.string()).optional(),
    outputs: z.array(z.string()),
  }),
});

/** Of an array that came from another thread nothing is known of its buffer but that it is not shared. */
const int64s = z.instanceof(BigInt64Array).transform((values) => new BigInt64Array(values));
const passSchema = z.strictObject({
  ids: int64s,
  mask: int64s,
  rows: z.int().positive(),
  length: z.int().positive(),
});

/** A session on the file that `data` names, as a thread serves it. */
export async function serveSession(data: unknown): Promise<Served> {
  const { path, threads, names } = dataSchema.parse(data);
  const session = await openSession(path, { threads }, names);
  const { size, mtimeMs } = await stat(path);
  return {
    // Tells a thread that is started again whether the file is still the one whose digest was checked.
    ready: { size, mtimeMs },
    answer: async (pass) => ({ body: await runPass(session, passSchema.parse(pass)) }),
    close: () => session.release(),
  };
}
