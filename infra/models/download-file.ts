import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { Fault, InvalidInput } from '../../lib/domain/errors.ts';
import { readJson } from '../../lib/inference/manifest.ts';
import { sha256OfFile } from '../../lib/inference/verify-files.ts';
import { type Answer, type Connection, httpGet, Unreachable } from './http-get.ts';
import { refusal, type Served, servedRange } from './served-range.ts';

export interface WantedFile {
  readonly url: URL;
  /** Where it is to lie; beside it `.part` and `.part.json` while it is under way. */
  readonly path: string;
  readonly sha256?: string;
  readonly bytes?: number;
}

export interface Downloading extends Connection {
  pause(ms: number): Promise<void>;
  /** Throws where the disk has not room for so many more bytes. */
  requireSpace(bytes: number): Promise<void>;
  onBytes(done: number, total: number | undefined): void;
}

/** What the last try learnt, so that the next one goes on with the same file. */
const progressSchema = z.object({
  url: z.string(),
  /** Strong entity tag or date; without one a file of unknown content is begun again. */
  validator: z.string().optional(),
  total: z.int().positive().optional(),
  sha256: z.string().optional(),
});
type Progress = z.infer<typeof progressSchema>;

/** So many tries in a row that bring nothing, and so many in all. */
const FRUITLESS_TRIES = 5;
const MOST_TRIES = 1_000;
/** A machine that is not on the net is told so soon. */
const OFFLINE_TRIES = 2;
const OFFLINE_CODES = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Brings a file to `path`, which appears only once it is whole and its digest is the wanted one. What earlier tries
 * brought, of this process or of one that was killed, is not fetched again.
 * Throws `Unreachable`, `Fault('model-download')` and `InvalidInput` (`model-download`, `disk`, `redirect`).
 */
export async function downloadFile(
  wanted: WantedFile,
  downloading: Downloading,
): Promise<{ sha256: string; bytes: number }> {
  const first = await fetchWhole(wanted, downloading);
  if (first.isRight) return settle(wanted, first);
  // Bytes that were kept from an earlier try may have been the wrong ones: once more, all of them.
  const second = await fetchWhole(wanted, downloading);
  if (second.isRight) return settle(wanted, second);
  throw new Fault(
    'model-download',
    `${wanted.url} serves other bytes than it should: sha256 ${second.sha256}, wanted ${second.wanted}. Nothing was installed.`,
  );
}

async function settle(wanted: WantedFile, { sha256, bytes }: { sha256: string; bytes: number }) {
  await rename(partOf(wanted), wanted.path);
  await rm(progressFileOf(wanted), { force: true });
  return { sha256, bytes };
}

async function fetchWhole(wanted: WantedFile, downloading: Downloading) {
  const progress = await fetchBytes(wanted, downloading);
  const sha256 = await sha256OfFile(partOf(wanted));
  const expected = wanted.sha256 ?? progress.sha256;
  const isRight = expected === undefined || expected === sha256;
  const bytes = await bytesIn(partOf(wanted));
  if (!isRight) await discard(wanted);
  return { isRight, sha256, bytes, wanted: expected };
}

/** Tries until the part is as long as the file. */
async function fetchBytes(wanted: WantedFile, downloading: Downloading): Promise<Progress> {
  let progress = await resumable(wanted);
  let fruitless = 0;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await bytesIn(partOf(wanted));
    const total = wanted.bytes ?? progress.total;
    if (total !== undefined && before === total) return progress;
    const outcome = await tryOnce(wanted, progress, before, downloading);
    progress = outcome.progress;
    if (outcome.isWhole) return progress;
    fruitless = (await bytesIn(partOf(wanted))) > before ? 0 : fruitless + 1;
    if (fruitless >= triesFor(outcome.error, before)) throw outcome.error;
    await downloading.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** fruitless));
  }
  throw new Fault('model-download', `${wanted.url} broke off ${MOST_TRIES} times`);
}

function triesFor(error: Error, have: number): number {
  const isOffline = error instanceof Unreachable && OFFLINE_CODES.includes(error.code);
  return isOffline && have === 0 ? OFFLINE_TRIES : FRUITLESS_TRIES;
}

/** What is known of a part that was left behind; a part of which nothing certain is known is thrown away. */
async function resumable(wanted: WantedFile): Promise<Progress> {
  const parsed = progressSchema.safeParse(await readJson(progressFileOf(wanted), 'progress').catch(() => undefined));
  const isSame = parsed.success && parsed.data.url === String(wanted.url);
  if (isSame && (parsed.data.validator !== undefined || wanted.sha256 !== undefined)) return parsed.data;
  await discard(wanted);
  return { url: String(wanted.url) };
}

interface Outcome {
  readonly progress: Progress;
  readonly isWhole: boolean;
  /** Why it is not whole. */
  readonly error: Error;
}

/** One request. Throws what no further try can mend. */
async function tryOnce(
  wanted: WantedFile,
  progress: Progress,
  have: number,
  downloading: Downloading,
): Promise<Outcome> {
  const { url } = wanted;
  try {
    const answer = await httpGet(url, rangeHeaders(have, progress), downloading);
    const served = servedRange(answer.response, answer.hub, { have, wanted, progress });
    if (served.kind === 'refused') {
      answer.response.destroy();
      if (served.startAgain) await discard(wanted);
      return { progress: served.startAgain ? { url: String(url) } : progress, isWhole: false, error: served.error };
    }
    return await take(wanted, served, answer, downloading);
  } catch (error) {
    if (error instanceof Unreachable) return { progress, isWhole: false, error };
    throw error;
  }
}

function rangeHeaders(have: number, { validator }: Progress): Record<string, string> {
  if (have === 0) return {};
  return { range: `bytes=${have}-`, ...(validator === undefined ? {} : { 'if-range': validator }) };
}

/** Appends what is served to the part. */
async function take(
  wanted: WantedFile,
  served: Extract<Served, { kind: 'bytes' }>,
  { response, body }: Answer,
  downloading: Downloading,
): Promise<Outcome> {
  const { from, total, validator, sha256 } = served;
  const progress = { url: String(wanted.url), validator, total, sha256 };
  const part = await open(partOf(wanted), from === 0 ? 'w' : 'r+');
  try {
    if (total !== undefined) await downloading.requireSpace(total - from);
    await writeFile(progressFileOf(wanted), JSON.stringify(progress));
    const end = await append(part, wanted, body, { from, total, onBytes: downloading.onBytes });
    await part.sync();
    if (total === undefined || end === total)
      return { progress: { ...progress, total: end }, isWhole: true, error: refusal(wanted.url, 'it is whole') };
    return { progress, isWhole: false, error: refusal(wanted.url, `it ends after ${end} of ${total} bytes`) };
  } catch (error) {
    if (error instanceof Unreachable) return { progress, isWhole: false, error };
    throw diskError(error);
  } finally {
    response.destroy();
    await part.close();
  }
}

/** Gives the length of the part. A file that goes on beyond its end is another one: throws. */
async function append(
  part: FileHandle,
  { url }: WantedFile,
  body: Answer['body'],
  { from, total, onBytes }: { from: number; total: number | undefined; onBytes: Downloading['onBytes'] },
): Promise<number> {
  let at = from;
  onBytes(at, total);
  for await (const chunk of body) {
    if (total !== undefined && at + chunk.length > total) {
      await part.truncate(0);
      throw new Unreachable('too-long', `${url} sends more than its ${total} bytes`);
    }
    await part.write(chunk, 0, chunk.length, at);
    at += chunk.length;
    onBytes(at, total);
  }
  return at;
}

function diskError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new InvalidInput('disk', 'The disk is full. What was fetched is kept: make room and run the command again.', {
    cause: error,
  });
}

const partOf = ({ path }: WantedFile) => `${path}.part`;
const progressFileOf = ({ path }: WantedFile) => `${path}.part.json`;

async function discard(wanted: WantedFile): Promise<void> {
  await rm(partOf(wanted), { force: true });
  await rm(progressFileOf(wanted), { force: true });
}

async function bytesIn(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
