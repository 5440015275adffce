import { statfs } from 'node:fs/promises';
import { InvalidInput } from '../../lib/domain/errors.ts';

/** Kept free for everything else on the disk. */
const MARGIN_BYTES = 64 * 1024 * 1024;

export type FreeBytes = (folder: string) => Promise<number>;

/** What a user without privileges may still write there. */
export const freeBytes: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Throws `InvalidInput('disk')` where a folder's disk has not room for so many more bytes. */
export async function requireSpace(folder: string, bytes: number, free: FreeBytes = freeBytes): Promise<void> {
  const left = await free(folder);
  if (left >= bytes + MARGIN_BYTES) return;
  throw new InvalidInput(
    'disk',
    `${folder} has room for ${megabytes(left)}, ${megabytes(bytes + MARGIN_BYTES)} are needed. ` +
      'Make room, or set PULLED_MODELS_FOLDER to a folder on another disk.',
  );
}

export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
