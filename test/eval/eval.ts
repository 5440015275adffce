/** `npm run -s eval -- anomaly|category --file F.csv --message COL --label COL ...`: the real cascade in process, one JSON line last. The language model is off, so that two runs agree. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { asksForHelp, readArguments, USAGE } from './arguments.ts';
import { evaluate, readLines } from './judge-lines.ts';

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  if (asksForHelp(given)) return console.log(USAGE);
  const args = readArguments(given);
  const lines = await readLines(args);
  const modelsFolder = join(import.meta.dirname, '../../models');
  const cascade = await openCascade({
    modelsFolder,
    threads: availableParallelism(),
    clock: { now: () => new Date() },
  });
  try {
    console.log(JSON.stringify(await evaluate(cascade, lines, args)));
  } finally {
    await cascade.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof InvalidInput ? 2 : 1;
}
