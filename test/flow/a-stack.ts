import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropFile } from '../../infra/local/drop-file.ts';
import { type JobView, openJobClient } from '../../infra/local/job-client.ts';
import { startStack } from '../../infra/local/stack.ts';
import { aFolder } from '../factories/a-folder.ts';

export type TestStack = Awaited<ReturnType<typeof startTestStack>>;

/** No job of these tests may take longer. */
const jobTimeoutMs = 60_000;

/** The laptop stack on any ports with its state in `state`, and what a user does with it. */
export async function startTestStack(state: string, settings: Record<string, string> = {}) {
  const stack = await startStack({ state, port: 0, emulatorPort: 0, settings });
  const client = openJobClient(stack.url, stack.apiKey);

  async function ended(job: () => Promise<JobView | undefined>): Promise<JobView> {
    const until = Date.now() + jobTimeoutMs;
    for (;;) {
      const view = await job();
      if (view !== undefined && view.state !== 'running' && view.state !== 'awaiting-upload') return view;
      if (Date.now() > until) throw new Error(`the job has not ended: ${JSON.stringify(view)}`);
      await sleep(50);
    }
  }

  return {
    ...stack,
    client,
    /** Writes a file and drops it into the bucket under its name. */
    async drop(name: string, content: string | Uint8Array): Promise<void> {
      await using folder = await aFolder();
      const file = join(folder.path, name);
      await writeFile(file, content);
      await dropFile(stack.endpoint, file);
    },
    endedJob: (id: string) => ended(() => client.job(id)),
    endedDrop: (name: string) => ended(() => client.newest(name, '')),
    async results(id: string): Promise<string> {
      const response = await fetch(await client.resultsLink(id));
      return response.text();
    },
    async call(path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
      const headers = { 'x-api-key': stack.apiKey, ...init.headers };
      const response = await fetch(`${stack.url}${path}`, { ...init, headers });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
  };
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function aRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const subjects = ['replication', 'scheduler', 'gateway', 'mailer', 'indexer', 'billing', 'importer'];
const verbs = ['started', 'failed', 'recovered', 'was refused', 'timed out', 'was restarted', 'is slow', 'completed'];
const causes = ['by request', 'after an upgrade', 'because the disk is full', 'with no route to host', 'as planned'];

/** A CSV of so many records; lines repeat after some hundred, as real ones do. */
export function aCsv(records: number, seed = 1): string {
  const random = aRandom(seed);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)];
  const rows = Array.from(
    { length: records },
    (_, row) => `${row + 1},app-${row % 2},"${pick(subjects)} ${pick(verbs)}, ${pick(causes)} after ${row} ms"\n`,
  );
  return `id,service,message\n${rows.join('')}`;
}
