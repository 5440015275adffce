import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../domain/errors.ts';
import type { PinnedFile } from './manifest.ts';

/** What was verified in this process: hashing 23 MB takes about 30 ms, a published model's 740 MB over a second. */
const verified = new Set<string>();

/** Checks size and sha256 of each file, once per process. Throws `Fault('model-file')` that names the first one at fault. */
export async function verifyFiles(folder: string, files: readonly PinnedFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path);
    const key = `${path} ${file.sha256}`;
    if (verified.has(key)) continue;
    await verifyFile(path, file);
    verified.add(key);
  }
}

/** The same for one file, whatever was verified before. */
export async function verifyFile(path: string, { bytes, sha256 }: PinnedFile): Promise<void> {
  const found = await sizeOfFile(path);
  if (found !== bytes) throw new Fault('model-file', `${path} has ${found} bytes, its manifest says ${bytes}`);
  const digest = await sha256OfFile(path);
  if (digest !== sha256) throw new Fault('model-file', `${path} has sha256 ${digest}, its manifest says ${sha256}`);
}

/** Bytes. Throws `Fault('model-file')` where there is none. */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new Fault('model-file', `${path} is missing`, { cause });
  }
}

/** Streamed, so that a large model is not held twice. 64 hex digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  } catch (cause) {
    throw new Fault('model-file', `${path} cannot be read`, { cause });
  }
  return hash.digest('hex');
}
