import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchLoop } from './watch-loop.ts';

/**
 * Loaded into every function's process before its own code (`--import`): writes how its event loop fares, a line a
 * second, into the folder that this module's own address names.
 */
const folder = new URL(import.meta.url).searchParams.get('folder') ?? '.';
const name = process.argv.at(-1) ?? 'unknown';
const loop = watchLoop();

setInterval(() => {
  const line = JSON.stringify({ name, atMs: Date.now(), ...loop.take() });
  void appendFile(join(folder, `${name}-${process.pid}.ndjson`), `${line}\n`);
}, 1_000).unref();
