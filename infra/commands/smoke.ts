import { parseArgs } from 'node:util';
import { smokeSteps } from './smoke-steps.ts';

const USAGE = 'npm run -s smoke -- URL KEY    (a key with the scopes ingest and read; URL is the output ApiAddress)';

/** Goes through a deployed service as a caller would, and says of each step whether it held. Exits 1 at the first that did not. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return console.log(USAGE);
  const [url, key] = positionals;
  if (url === undefined || key === undefined) throw new Error(USAGE);
  for (const { name, run } of smokeSteps(url.replace(/\/$/, ''), key)) {
    const started = performance.now();
    await run().catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    });
    console.log(`ok  ${name}  ${Math.round(performance.now() - started)} ms`);
  }
}

await main().catch((error: unknown) => {
  console.error(`FAILED  ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
