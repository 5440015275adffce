import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput } from '../../lib/domain/errors.ts';

/** Where other people's lines are unless told otherwise. */
export const DEFAULT_DATA = join(import.meta.dirname, '../../../shared/data');

export const ALL_USAGE = `npm run -s eval:all -- [options]

The real cascade on every set, tables on standard output.

  --data FOLDER      data sets beside our own (default ../shared/data where it is there) …
  --no-data          … none of them
  --out FOLDER       report and plots
  --models FOLDER    another folder of models
  --sets FOLDER      other sets
  --resamples N      of the bootstrap intervals (default 500)
  --scores FILE      keeps every line's score …
  --against FILE     … and compares with scores so kept
  --accept           of what ships, with the data: npm test expects these figures from now on, models/evaluation and the manifest hold them`;

export interface AllArguments {
  readonly models: string;
  readonly sets: string;
  /** Absent: the default folder where it is there. */
  readonly data: string | undefined;
  readonly withoutData: boolean;
  readonly out: string | undefined;
  /** Scores of an earlier run to compare with, and where to keep this run's. */
  readonly against: string | undefined;
  readonly scores: string | undefined;
  readonly resamples: number;
  readonly accept: boolean;
}

/** Throws `InvalidInput('arguments')` with one sentence. */
export function readAllArguments(args: readonly string[], defaults: { models: string; sets: string }): AllArguments {
  const values = parse(args);
  const resamples = Number(values.resamples);
  if (!Number.isInteger(resamples) || resamples < 1 || resamples > 10_000)
    throw new InvalidInput('arguments', '--resamples is a whole number from 1 to 10000');
  if (values.accept && (values.models ?? values.sets ?? values.out) !== undefined)
    throw new InvalidInput('arguments', '--accept is for what ships: neither --models nor --sets nor --out beside it');
  return {
    models: values.models ?? defaults.models,
    sets: values.sets ?? defaults.sets,
    data: values.data,
    withoutData: values['no-data'],
    out: values.out,
    against: values.against,
    scores: values.scores,
    resamples,
    accept: values.accept,
  };
}

/**
 * The folder that was named, which must be there; else the default one where it is. Throws `InvalidInput('arguments')` where figures
 * are to be accepted without one: the manifest, the report and the goals tell of other people's lines too.
 */
export function dataFolder(
  { data, withoutData, accept }: Pick<AllArguments, 'data' | 'withoutData' | 'accept'>,
  fallback: string,
): string | undefined {
  if (!withoutData && data !== undefined && !existsSync(data))
    throw new InvalidInput('arguments', `${data} is not there`);
  const folder = withoutData ? undefined : (data ?? (existsSync(fallback) ? fallback : undefined));
  if (accept && folder === undefined)
    throw new InvalidInput(
      'arguments',
      "--accept needs other people's lines too, else their figures would be gone: --data FOLDER",
    );
  return folder;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        models: text,
        sets: text,
        data: text,
        out: text,
        against: text,
        scores: text,
        resamples: { type: 'string', default: '500' },
        'no-data': flag,
        accept: flag,
      },
    }).values;
  } catch (error) {
    throw new InvalidInput('arguments', error instanceof Error ? error.message : 'not understood');
  }
}
