import { mkdirSync, statSync } from 'node:fs';
import { appendFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A log over this is turned into `<name>.log.1`, and the one before that is lost: no function can fill the disk. */
const maxLogBytes = 5 * 1024 * 1024;

/** Appends what a function's processes print to `<folder>/<name>.log`. */
export function openFunctionLog(folder: string, name: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  let writing: Promise<void> = Promise.resolve();

  function append(chunk: Buffer | string): void {
    writing = writing.then(() => {
      return write(chunk).catch(() => undefined);
    });
  }
  /** Throws where the folder or the file was taken away or cannot be written; what was to be written is lost then. */
  async function write(chunk: Buffer | string): Promise<void> {
    if (bytes > maxLogBytes) {
      bytes = 0;
      await rename(file, `${file}.1`);
    }
    await appendFile(file, chunk, { mode: 0o600 }).catch(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await appendFile(file, chunk, { mode: 0o600 });
    });
    bytes += Buffer.byteLength(chunk);
  }
  return {
    file,
    line: (text: string) => append(`${text}\n`),
    take(stream: Readable): void {
      // One chunk at a time: a function that prints faster than the disk writes waits for it.
      stream.on('data', (chunk: Buffer) => {
        append(chunk);
        stream.pause();
        void writing.then(() => stream.resume());
      });
    },
    flush: () => writing,
  };
}
export type FunctionLog = ReturnType<typeof openFunctionLog>;
