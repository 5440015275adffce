import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startStack } from '../../infra/local/stack.ts';

/**
 * The laptop's stack in a process of its own, so that the load's own work does not count as the server's: it tells its
 * parent where it listens and, when asked, how late its event loop was since it was last asked.
 */
const state = mkdtempSync(join(tmpdir(), 'logsieve-load-'));
const stack = await startStack({ state, port: 0, emulatorPort: 0, settings: {} });
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('message', async (message) => {
  if (message === 'delay') {
    const toMs = (nanoseconds: number) => nanoseconds / 1e6;
    // What is sampled is the timer's own interval and what it was late by.
    process.send?.({ p50: toMs(delay.percentile(50)), p99: toMs(delay.percentile(99)), max: toMs(delay.max) });
    delay.reset();
  }
  if (message === 'stop') {
    await stack.close();
    rmSync(state, { recursive: true, force: true });
    process.exit(0);
  }
});
process.send?.({ url: stack.url, apiKey: stack.apiKey });
