import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../../lib/domain/errors.ts';
import type { ModelEntry, ModelFile, PinnedFile } from '../../lib/inference/manifest.ts';
import { readJson } from '../../lib/inference/manifest.ts';

const pinsSchema = z.strictObject({
  revision: z.string().optional(),
  files: z.record(
    z.string(),
    z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().positive() }),
  ),
});
type Pins = z.infer<typeof pinsSchema>;

/** Beside the model's folder, so that what was learnt at the first pull outlives a removal. */
const pinsFile = (pulled: string, id: string) => join(pulled, `${id}.pins.json`);

/**
 * The entry with what the first pull recorded put in where the manifest says nothing. What the manifest says goes first;
 * pins of another revision do not count. Throws `Fault('model-pins')` for a file that is no list of pins.
 */
export async function withPins<Entry extends ModelEntry>(entry: Entry, pulled: string): Promise<Entry> {
  const pins = await readPins(pulled, entry.id);
  if (pins === undefined || pins.revision !== entry.revision) return entry;
  const pin = (file: ModelFile): ModelFile => ({ ...pins.files[file.path], ...file });
  const { model, tokenizer, config, sentencepiece } = entry.files;
  const files = { model: pin(model), tokenizer: pin(tokenizer), config: pin(config) };
  return {
    ...entry,
    files: { ...files, ...(sentencepiece === undefined ? {} : { sentencepiece: pin(sentencepiece) }) },
  };
}

async function readPins(pulled: string, id: string): Promise<Pins | undefined> {
  const path = pinsFile(pulled, id);
  const content = await readJson(path, 'model-pins').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  const parsed = pinsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new Fault('model-pins', `${path} is no list of digests; delete it to take them from the next pull`);
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

export async function writePins(pulled: string, entry: ModelEntry, files: readonly PinnedFile[]): Promise<void> {
  const path = pinsFile(pulled, entry.id);
  const pins: Pins = {
    revision: entry.revision,
    files: Object.fromEntries(files.map(({ path: name, sha256, bytes }) => [name, { sha256, bytes }])),
  };
  await writeFile(`${path}.new`, `${JSON.stringify(pins, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}
