/** `npm run bench:encoders -- FOLDER [FOLDER ...]`: texts per second of encoders' bare sessions, the starter first, rounds interleaved; ratios are to the last folder. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describeFolder } from '../../lib/inference/describe-folder.ts';
import { seededRandom } from '../../models/training/seeded-random.ts';

const STARTER = join(import.meta.dirname, '../../models/starter');
const ROWS = 32;
const TOKENS = [16, 20, 24];
const ROUNDS = 15;
const PASSES = 16;
/** The threads of the session before still spin for some fifty milliseconds, which would cost the faster one more. */
const WARM_UP_PASSES = 8;
/** Word pieces lie between these ids in the tokenizer that all of them share. */
const FIRST_WORD = 1000;
const WORDS = 29_000;

async function main(folders: readonly string[]): Promise<void> {
  const sessions = [];
  for (const folder of folders) sessions.push({ folder, session: await openBare(folder) });
  const table = [];
  for (const tokens of TOKENS) {
    const times = sessions.map((): number[] => []);
    for (let round = 0; round <= ROUNDS; round++)
      for (const [at, { session }] of sessions.entries()) {
        const spent = await spentMs(session, tokens);
        if (round > 0) times[at]?.push(spent);
      }
    const rates = times.map((all) => (PASSES * ROWS * 1000) / median(all));
    for (const [at, { folder }] of sessions.entries()) {
      const rate = rates[at] ?? Number.NaN;
      const ratio = rate / (rates.at(-1) ?? Number.NaN);
      table.push({ folder, tokens, 'texts/s': Math.round(rate), ratio: Number(ratio.toFixed(2)) });
    }
  }
  console.table(table);
  for (const { session } of sessions) await session.release();
}

async function openBare(folder: string): Promise<InferenceSession> {
  const entry = await describeFolder(folder);
  return await InferenceSession.create(join(folder, entry.files.model.path), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: availableParallelism(),
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
}

async function spentMs(session: InferenceSession, tokens: number): Promise<number> {
  const random = seededRandom(tokens);
  const ids = BigInt64Array.from({ length: ROWS * tokens }, () => BigInt(FIRST_WORD + Math.floor(random() * WORDS)));
  const tensor = (values: BigInt64Array) => new Tensor('int64', values, [ROWS, tokens]);
  const feeds = {
    input_ids: tensor(ids),
    attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
    ...(session.inputNames.includes('token_type_ids') ? { token_type_ids: tensor(new BigInt64Array(ids.length)) } : {}),
  };
  for (let pass = 0; pass < WARM_UP_PASSES; pass++) await session.run(feeds);
  const begun = performance.now();
  for (let pass = 0; pass < PASSES; pass++) await session.run(feeds);
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await main([STARTER, ...process.argv.slice(2)]);
