import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { classifyFile } from './classify/classify-file.ts';
import { summaryLines } from './classify/summary.ts';

const USAGE = `usage: npm run -s classify -- FILE [--out FILE] [--json] [--threshold 0.5] [--message COLUMN] [--source COLUMN] [--level COLUMN]
  Reads .csv, .tsv, .ndjson, .log (or .gz of these) through the whole cascade, without servers.
  Results go to standard output or --out, the summary to standard error.
  --json writes one JSON verdict per record instead of the file's own format.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      threshold: { type: 'string', default: '0.5' },
      message: { type: 'string' },
      source: { type: 'string' },
      level: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [file, ...others] = positionals;
  const threshold = Number(values.threshold);
  if (values.help || file === undefined || others.length > 0 || !(threshold >= 0 && threshold <= 1)) {
    process.stderr.write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const out = values.out === undefined ? process.stdout : createWriteStream(values.out);
  const { message, source, level } = values;
  const outcome = await classifyFile({ file, out, json: values.json, threshold, columns: { message, source, level } });
  if (out !== process.stdout) await new Promise<void>((resolve) => out.end(() => resolve()));
  process.stderr.write(`${summaryLines(outcome).join('\n')}\n`);
  return 0;
}

/** A reader that closes early (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main();
} catch (error) {
  const isTold = error instanceof InvalidInput || (error instanceof Error && 'code' in error);
  process.stderr.write(`${isTold ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = isTold ? 2 : 1;
}
