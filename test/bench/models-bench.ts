import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { describeFolder } from '../../lib/inference/describe-folder.ts';
import { loadEntailmentModel } from '../../lib/inference/entailment-model.ts';
import { modelOfTask } from '../../lib/inference/manifest.ts';
import { passOf, runPass } from '../../lib/inference/pass.ts';
import { openSession } from '../../lib/inference/session.ts';

const USAGE = `usage: npm run bench:models -- FOLDER ... [--python PYTHON] [--rounds 3]
  Load time, memory and ms a (line, label) pair of cross-encoders in folders, each in a process of its own.
  --python names one with torch and transformers: the same shapes there, with random weights of the first folder's config.`;

const LENGTHS = [16, 40, 128];
const BATCHES = [1, 8, 32];
const NAMES = { inputs: ['input_ids', 'attention_mask'], outputs: ['logits'] };
/** About 40 tokens with the published tokenizer. */
const LINE =
  'ERROR payment-service request 4711 to ledger failed after 3 attempts: connection reset by peer (10.0.0.12:5432)';
const LABELS = ['This example is anomaly.', 'This example is normal.'];

const rowSchema = z.record(z.string(), z.union([z.string(), z.number()]));
type Row = z.infer<typeof rowSchema>;

/** Everything that is measured of one folder; run in a process of its own, because memory is the process's. */
async function measure(folder: string, rounds: number): Promise<Row> {
  const entry = modelOfTask({ models: [await describeFolder(folder, { task: 'entailment' })] }, 'entailment');
  const before = process.memoryUsage.rss();
  const begun = performance.now();
  const session = await openSession(`${folder}/${entry.files.model.path}`, { threads: 0 }, NAMES);
  const row: Row = { model: entry.id, kind: entry.quantisation, 'load ms': Math.round(performance.now() - begun) };
  for (const length of LENGTHS) {
    for (const batch of BATCHES) {
      const pass = passOf(
        Array.from({ length: batch }, () => tokens(length)),
        length,
      );
      row[`${length}x${batch}`] = round((await fastest(rounds, () => runPass(session, pass))) / batch);
    }
  }
  row['session MB'] = Math.round((process.memoryUsage.rss() - before) / 1e6);
  const model = await loadEntailmentModel(folder, { threads: 0 });
  const pairs = model.encode(LINE, LABELS);
  const bare = async () => {
    for (const ids of pairs) await runPass(session, passOf([ids], ids.length));
  };
  // One after the other, so that both see the same neighbours on a shared machine.
  row['a line of 2 labels, bare session'] = round(await fastest(rounds, bare));
  row['a line of 2 labels, engine'] = round(await fastest(rounds, () => model.entail(LINE, LABELS)));
  row['tokens a pair'] = pairs[0]?.length ?? 0;
  await model.close();
  await session.release();
  return row;
}

const tokens = (length: number) => Array.from({ length }, (_, at) => 5 + ((at * 37) % 300));
const round = (value: number) => Number(value.toFixed(2));

/** The fastest of some rounds, after one to warm up: on a shared machine the others measure the neighbours. */
async function fastest(rounds: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at <= rounds; at += 1) {
    const begun = performance.now();
    await run();
    if (at > 0) times.push(performance.now() - begun);
  }
  return Math.min(...times);
}

function inItsOwnProcess(command: string, args: readonly string[]): Row {
  const { stdout, status } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  const last = stdout?.trim().split('\n').at(-1);
  if (status !== 0 || last === undefined) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return rowSchema.parse(JSON.parse(last));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { python: { type: 'string' }, rounds: { type: 'string', default: '3' }, one: { type: 'boolean' } },
  });
  const [first] = positionals;
  if (first === undefined) throw new Error(USAGE);
  if (values.one) {
    console.log(JSON.stringify(await measure(first, Number(values.rounds))));
    return;
  }
  const [shapes, before] = [`${LENGTHS.join()} ${BATCHES.join()}`.split(' '), loadavg()[0] ?? 0];
  const rows = positionals.map((folder) =>
    inItsOwnProcess(process.execPath, [import.meta.filename, '--one', '--rounds', values.rounds, resolve(folder)]),
  );
  if (values.python !== undefined) {
    const script = resolve(import.meta.dirname, 'torch_bench.py');
    rows.push(inItsOwnProcess(values.python, [script, resolve(first), values.rounds, ...shapes]));
  }
  const measured = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // Turned on its side: a column for each model.
  console.table(Object.fromEntries(measured.map((name) => [name, rows.map((row) => row[name] ?? '')])));
  console.log(`LENGTHxBATCH: ms a pair. ${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}`);
  console.log(
    `load ${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after: much above 0 before, and figures are too high`,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
