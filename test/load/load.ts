import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type LoadOptions, type LoadResult, sendLoad } from './send.ts';

/**
 * `npm run load [-- --seconds 60 --connections 1000 --json]`: the laptop's stack under load from this machine, over
 * loopback and nothing else. Fails where any answer is neither 200 nor 429.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const wanted = z
  .object({ seconds: z.coerce.number().min(1).max(600), connections: z.coerce.number().int().min(1).max(5_000) })
  .parse(values);

const targetSchema = z.object({ url: z.string(), apiKey: z.string() });
const loopsSchema = z.record(z.string(), z.object({ lateMs: z.number(), heldMs: z.number() }));
type Loops = z.infer<typeof loopsSchema>;

/** Twenty patterns that every process knows after the first requests; what is measured is the service, not the model. */
const LINES = Array.from({ length: 20 }, (_, index) => `Job ${'abcdefghijklmnopqrst'[index]} finished in 12 ms`);
const bodyOf = (lines: number) =>
  Buffer.from(JSON.stringify({ log_entries: Array.from({ length: lines }, (_, at) => LINES[at % LINES.length]) }));

interface Phase extends LoadOptions {
  readonly name: string;
  readonly lines: number;
}
const short = Math.min(wanted.seconds, 15);
const phases: readonly Phase[] = [
  { name: 'one line, 1 connection', connections: 1, seconds: short, lines: 1, body: bodyOf(1) },
  { name: 'one line, 64 connections', connections: 64, seconds: short, lines: 1, body: bodyOf(1) },
  { name: '500 lines, 4 connections', connections: 4, seconds: short, lines: 500, body: bodyOf(500) },
  {
    name: `one line, ${wanted.connections} connections`,
    connections: wanted.connections,
    seconds: wanted.seconds,
    lines: 1,
    body: bodyOf(1),
  },
];

async function main(): Promise<void> {
  const server = fork(join(import.meta.dirname, 'server.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const target = targetSchema.parse(await answerOf(server));
    await sendLoad(target, { connections: 4, seconds: Math.min(short, 3), body: bodyOf(20) });
    let failed = false;
    for (const phase of phases) {
      await loopsOf(server);
      const result = await sendLoad(target, phase);
      // Functions report once a second.
      await sleep(1_100);
      failed = tell(phase, result, await loopsOf(server)) || failed;
    }
    process.exitCode = failed ? 1 : 0;
  } finally {
    if (server.exitCode === null) {
      server.send('stop');
      await once(server, 'exit');
    }
  }
}

/** True where an answer was neither good nor a refusal for being too much. */
function tell({ name, lines }: Phase, result: LoadResult, loops: Loops): boolean {
  const bad = Object.entries(result.byStatus).filter(([status]) => status !== '200' && status !== '429');
  if (values.json) console.log(JSON.stringify({ name, ...result, linesPerSecond: result.perSecond * lines, loops }));
  else {
    const ms = (value: number) => `${value.toFixed(1)} ms`;
    const refused = result.byStatus['429'] ?? 0;
    console.log(
      [
        `${name}: ${Math.round(result.perSecond)} answers/s`,
        lines > 1 ? `${Math.round(result.perSecond * lines)} lines/s` : '',
        `p50 ${ms(result.p50)}, p95 ${ms(result.p95)}, p99 ${ms(result.p99)}, longest ${ms(result.max)}`,
        refused > 0 ? `${refused} refused (429)` : '',
        bad.length > 0 ? `FAILED: ${bad.map(([status, count]) => `${status} ${count} times`).join(', ')}` : 'no errors',
        `event loops held by our own code at most: ${worstOf(loops, ({ heldMs }) => ms(heldMs))}`,
        `late for whatever reason at most: ${worstOf(loops, ({ lateMs }) => ms(lateMs))}`,
      ]
        .filter((part) => part !== '')
        .join('\n    '),
    );
  }
  return bad.length > 0;
}

function worstOf(loops: Loops, of: (loop: Loops[string]) => string): string {
  return Object.entries(loops)
    .map(([name, loop]) => `${name} ${of(loop)}`)
    .join(', ');
}

async function loopsOf(server: ChildProcess): Promise<Loops> {
  server.send('loops');
  return loopsSchema.parse(await answerOf(server));
}

async function answerOf(server: ChildProcess): Promise<unknown> {
  const ended = once(server, 'exit').then(() => {
    throw new Error('the stack ended before it answered');
  });
  const [answer] = await Promise.race([once(server, 'message'), ended]);
  return answer;
}

await main();
