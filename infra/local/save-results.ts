import { createWriteStream, mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Downloads a job's results file to `<state>/results/<name>`, in place of an earlier job's of that name. Answers the path. */
export async function saveResults(state: string, name: string, link: string): Promise<string> {
  const folder = join(state, 'results');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, resultsFileName(name, new URL(link).pathname));
  const response = await fetch(link);
  if (!response.ok || response.body === null) throw new Error(`the results file was answered ${response.status}`);
  const partial = `${path}.${process.pid}.partial`;
  await pipeline(response.body, createWriteStream(partial, { mode: 0o600 }));
  await rename(partial, path);
  return path;
}

/** A job may be called anything: this is one file name, not hidden, no longer than file systems take, ending as the results do. */
export function resultsFileName(name: string, resultsKey: string): string {
  const suffix = /\.(csv|ndjson)$/.exec(resultsKey)?.[0] ?? '.csv';
  const base = name.replace(/(?:\.(?:csv|ndjson|log|gz))+$/i, '');
  const safe = base.replace(/[^\p{L}\p{N} ._+=@-]/gu, '_').replace(/^[. ]/, '_');
  let stem = '';
  for (const character of safe) {
    if (Buffer.byteLength(stem + character) > 200) break;
    stem += character;
  }
  return `${stem || 'results'}${suffix}`;
}
