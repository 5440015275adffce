import { parseArgs } from 'node:util';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { LabelledColumns } from '../../models/training/labelled-csv.ts';

export interface EvalArguments {
  readonly task: 'anomaly' | 'category';
  readonly file: string;
  readonly columns: LabelledColumns;
  /** The label value that means an anomaly. */
  readonly positive: string;
  readonly threshold: number;
  /** Read the text as it was before masking, to see what masking costs. */
  readonly raw: boolean;
}

export const USAGE =
  'usage: eval anomaly --file F.csv --message COL --label COL --positive VALUE [--level COL] [--source COL] [--threshold T] [--raw] | eval category --file F.csv --message COL --label COL [--source COL] [--level COL] [--raw]';

export const asksForHelp = (args: readonly string[]) => args.includes('--help') || args.includes('-h');

/** Throws `InvalidInput('arguments')` with one sentence. */
export function readArguments(args: readonly string[]): EvalArguments {
  const { task, values } = parse(args);
  if (task !== 'anomaly' && task !== 'category') throw wrong(USAGE);
  const { file, message, label, positive, source, level } = values;
  if (file === undefined) throw wrong('--file is missing');
  if (message === undefined) throw wrong('--message is missing: the column that holds the log line');
  if (label === undefined) throw wrong('--label is missing: the column that holds the truth');
  if (task === 'anomaly' && positive === undefined)
    throw wrong('--positive is missing: the value of the label column that means an anomaly');
  const threshold = Number(values.threshold);
  if (values.threshold.trim() === '' || !(threshold >= 0 && threshold <= 1))
    throw wrong('--threshold is a number from 0 to 1');
  return {
    task,
    file,
    columns: { message, label, source, level },
    positive: positive ?? '',
    threshold,
    raw: values.raw,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { file: text, message: text, label: text, positive: text, source: text, level: text } as const;
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...options,
        threshold: { type: 'string', default: '0.5' },
        raw: { type: 'boolean', default: false },
      },
    });
    if (positionals.length > 1) throw wrong(`${positionals[1]} is one argument too many; ${USAGE}`);
    return { task: positionals[0], values };
  } catch (error) {
    throw error instanceof InvalidInput ? error : wrong(error instanceof Error ? error.message : USAGE);
  }
}

function wrong(message: string): InvalidInput {
  return new InvalidInput('arguments', message);
}
