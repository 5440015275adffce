import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { ModelEntry, ModelFile, PinnedFile } from '../../lib/inference/manifest.ts';
import { sha256OfFile, sizeOfFile } from '../../lib/inference/verify-files.ts';
import { refuseOwn } from './catalogue.ts';
import { type FreeBytes, requireSpace } from './disk-space.ts';
import { type Downloading, downloadFile } from './download-file.ts';
import { type Connection, Unreachable } from './http-get.ts';
import { type Fill, install, type Say } from './install.ts';
import type { ModelSettings } from './settings.ts';

export interface Pulling extends Pick<Connection, 'stallMs'> {
  readonly settings: ModelSettings;
  readonly say: Say;
  pause(ms: number): Promise<void>;
  /** How much of a file is there; `total` once it is known. */
  onBytes(file: string, done: number, total: number | undefined): void;
  readonly free?: FreeBytes;
}

/**
 * Fetches a model from the hub or its mirror. False where it was there already. Throws `InvalidInput` (`model-id`,
 * `disk`, `offline`, `model-download`) and `Fault` with a sentence for the owner.
 */
export async function pullModel(entry: ModelEntry, pulling: Pulling): Promise<boolean> {
  refuseOwn(entry);
  if (entry.quantisedFrom !== undefined)
    throw new InvalidInput(
      'model-id',
      `${entry.id} is published nowhere: pull ${entry.quantisedFrom}, then \`npm run models -- quantise ${entry.id}\`.`,
    );
  return install(entry, pulling.settings.folders, pulling.say, filling(pulling));
}

function filling(pulling: Pulling): Fill {
  const fill: Fill['fill'] = async (entry, staging) => {
    const files = Object.values(entry.files);
    const downloading: Downloading = {
      proxy: pulling.settings.proxy,
      stallMs: pulling.stallMs,
      pause: pulling.pause,
      requireSpace: (bytes) => requireSpace(staging, bytes, pulling.free),
      onBytes: () => {},
    };
    await downloading.requireSpace(await bytesMissing(files, staging));
    const fetched: PinnedFile[] = [];
    try {
      for (const file of files) fetched.push(await fetchFile(entry, file, staging, pulling, downloading));
    } catch (error) {
      if (error instanceof Unreachable) throw offline(entry, pulling.settings, error);
      throw error;
    }
    return fetched;
  };
  return { isResumable: true, fill };
}

async function fetchFile(
  entry: ModelEntry,
  file: ModelFile,
  staging: string,
  pulling: Pulling,
  downloading: Downloading,
): Promise<PinnedFile> {
  const path = join(staging, file.path);
  const there = await wholeFile(path, file);
  if (there !== undefined) return there;
  const url = new URL(addressOf(entry, file, pulling.settings));
  const onBytes = (done: number, total: number | undefined) => pulling.onBytes(file.path, done, total);
  const { sha256, bytes } = await downloadFile({ ...file, url, path }, { ...downloading, onBytes });
  return { ...file, sha256, bytes };
}

/** A file that an earlier run finished; one of other bytes goes back to be a part, which its digest will refuse. */
async function wholeFile(path: string, file: ModelFile): Promise<PinnedFile | undefined> {
  if (!existsSync(path)) return undefined;
  const [sha256, bytes] = [await sha256OfFile(path), await sizeOfFile(path)];
  if (file.sha256 === undefined || file.sha256 === sha256) return { ...file, sha256, bytes };
  await rm(path);
  return undefined;
}

async function bytesMissing(files: readonly ModelFile[], staging: string): Promise<number> {
  const sizes = files.map(async ({ path, bytes = 0 }) => {
    const found = [join(staging, path), join(staging, `${path}.part`)].find(existsSync);
    return Math.max(0, bytes - (found === undefined ? 0 : await sizeOfFile(found)));
  });
  return (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
}

/** Where the hub keeps a file; mirrors keep the same paths. */
export function addressOf(
  { repository = '', revision = 'main' }: ModelEntry,
  { from, path }: ModelFile,
  { hub }: Pick<ModelSettings, 'hub'>,
): string {
  return `${hub}/${repository}/resolve/${revision}/${from ?? path}`;
}

/** What to copy where, for a machine that reaches no hub. */
export function offline(entry: ModelEntry, settings: ModelSettings, cause: Unreachable): InvalidInput {
  const files = Object.values(entry.files);
  const lines = [
    `${cause.message}. Nothing was installed; what was fetched is kept for the next try.`,
    'Without a way out, put these files into one folder on a machine that has one:',
    ...files.map((file) => `  ${addressOf(entry, file, settings)}  as ${file.path}`),
    `then copy that folder here and run: npm run models -- add ${entry.id} FOLDER`,
    'Through a proxy: set HTTPS_PROXY (and NO_PROXY). From a mirror: set LOGSIEVE_MODEL_MIRROR to its address.',
  ];
  return new InvalidInput('offline', lines.join('\n'), { cause });
}
