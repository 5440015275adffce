import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const outputsSchema = z.object({
  AccessTable: z.string(),
  JobsTable: z.string(),
  PagesTable: z.string(),
  CacheTable: z.string(),
  CountersTable: z.string(),
  UploadsBucket: z.string(),
  DataBucket: z.string(),
});
export type StackOutputs = z.infer<typeof outputsSchema>;

/** What `cdk deploy --outputs-file FILE` wrote of the one stack of ours in it. Throws with a sentence on anything else. */
export async function readOutputs(file: string): Promise<StackOutputs> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`There is no ${file}; "npx cdk deploy --outputs-file ${file}" writes it.`);
  });
  const stacks = Object.values(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
  const [found, another] = stacks.flatMap((outputs) => outputsSchema.safeParse(outputs).data ?? []);
  if (found === undefined || another !== undefined)
    throw new Error(`${file} must hold the outputs of one logsieve stack.`);
  return found;
}
