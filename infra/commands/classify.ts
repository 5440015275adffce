import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readLanguageModelSettings } from '../../lib/config.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { entailmentFolderOf, ownersSettings } from '../local/environment.ts';
import { printableLines } from '../local/screen.ts';
import { checkReadable, readEnvironment, UsageError } from '../local/start-options.ts';
import { type ClassifyOptions, classifyFile } from './classify/classify-file.ts';
import { summaryLines } from './classify/summary.ts';

const USAGE = `usage: npm run -s classify -- FILE [--out FILE] [--json] [--threshold 0.5] [--message COLUMN] [--source COLUMN] [--level COLUMN]
  Reads .csv, .tsv, .ndjson, .log (or .gz of these) through the whole cascade, without servers.
  Results go to standard output or --out, the summary to standard error.
  --json writes one JSON verdict per record instead of the file's own format.`;

/** Throws UsageError; `help` where that was asked for. */
function readOptions(args: readonly string[]): ClassifyOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined) throw new UsageError(USAGE);
  if (others.length > 0) throw new UsageError(`One file at a time: ${positionals.join(', ')}.`);
  const threshold = Number(values.threshold);
  if (values.threshold.trim() === '' || !(threshold >= 0 && threshold <= 1)) {
    throw new UsageError(`--threshold ${values.threshold} is none: a number from 0 to 1.`);
  }
  checkReadable(file);
  const { out, json, message, source, level } = values;
  return { file, out, json, threshold, columns: { message, source, level } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        threshold: { type: 'string', default: '0.5' },
        message: { type: 'string' },
        source: { type: 'string' },
        level: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'Bad arguments.'}\n\n${USAGE}`);
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const root = resolve(import.meta.dirname, '../..');
  const settings = ownersSettings(readEnvironment(join(root, '.env')));
  const llm = readLanguageModelSettings(settings);
  const entailmentFolder = entailmentFolderOf(settings);
  const outcome = await classifyFile({ ...options, llm, entailmentFolder });
  process.stderr.write(`${summaryLines(outcome).join('\n')}\n`);
}

/** 0 done, 1 our fault, 2 the caller can mend it. */
function exitCodeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // A reader that closes early (`| head`) is no error.
  if (code === 'EPIPE') return 0;
  const isTold = error instanceof UsageError || error instanceof InvalidInput || code !== undefined;
  const more = code === 'no-message-column' ? ' Here: --message COLUMN.' : '';
  process.stderr.write(`${isTold && error instanceof Error ? printableLines(error.message) + more : stackOf(error)}\n`);
  return isTold ? 2 : 1;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
