import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { startStack } from '../../infra/local/stack.ts';
import { type LoopReport, watchLoop } from './watch-loop.ts';

/**
 * The laptop's stack in a process of its own, so that the load's own work does not count as the server's: it tells its
 * parent where it listens and, when asked, how the event loops of the gateway and of the functions fared since then.
 */
const folder = mkdtempSync(join(tmpdir(), 'logsieve-load-'));
const reports = join(folder, 'loops');
mkdirSync(reports);
const probe = pathToFileURL(join(import.meta.dirname, 'probe.ts'));
probe.searchParams.set('folder', reports);
const stack = await startStack({
  state: join(folder, 'state'),
  port: 0,
  emulatorPort: 0,
  settings: {},
  nodeOptions: ['--import', probe.href],
});
const gateway = watchLoop();
let askedMs = Date.now();

const reportSchema = z.object({ name: z.string(), atMs: z.number(), lateMs: z.number(), heldMs: z.number() });

/** The worst of each function since the last time. */
function functionLoops(): Record<string, LoopReport> {
  const worst: Record<string, LoopReport> = {};
  for (const file of readdirSync(reports)) {
    const lines = readFileSync(join(reports, file), 'utf8').split('\n').slice(0, -1);
    for (const { name, atMs, lateMs, heldMs } of lines.map((line) => reportSchema.parse(JSON.parse(line)))) {
      if (atMs <= askedMs) continue;
      const { lateMs: late = 0, heldMs: held = 0 } = worst[name] ?? {};
      worst[name] = { lateMs: Math.max(late, lateMs), heldMs: Math.max(held, heldMs) };
    }
  }
  askedMs = Date.now();
  return worst;
}

process.on('message', async (message) => {
  if (message === 'loops') process.send?.({ gateway: gateway.take(), ...functionLoops() });
  if (message === 'stop') {
    await stack.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }
});
process.send?.({ url: stack.url, apiKey: stack.apiKey });
