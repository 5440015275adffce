import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Downloads a job's results file to `<state>/results/<name>`, in place of an earlier job's of that name. Answers the path. */
export async function saveResults(state: string, name: string, link: string): Promise<string> {
  const folder = join(state, 'results');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, resultsFileName(name, new URL(link).pathname));
  const response = await fetch(link);
  if (!response.ok || response.body === null) throw new Error(`the results file was answered ${response.status}`);
  // One of its own: jobs of one name may end at the same time.
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await pipeline(response.body, createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}

/**
 * A job may be called anything: this is one file name, not hidden, no longer than file systems take, ending as the results
 * do. Any other ending of the source is kept, so that app.log and app.csv beside each other have results of their own.
 */
export function resultsFileName(name: string, resultsKey: string): string {
  const suffix = /\.(csv|ndjson)$/.exec(resultsKey)?.[0] ?? '.csv';
  const plain = name.replace(/\.gz$/i, '');
  const base = plain.toLowerCase().endsWith(suffix) ? plain.slice(0, -suffix.length) : plain;
  const safe = base.replace(/[^\p{L}\p{N} ._+=@-]/gu, '_').replace(/^[. ]/, '_');
  let stem = '';
  for (const character of safe) {
    if (Buffer.byteLength(stem + character) > 200) break;
    stem += character;
  }
  return `${stem || 'results'}${suffix}`;
}
