import { InvalidInput } from '../../lib/domain/errors.ts';

/** 2 for what the caller can mend, an unknown option among it, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  const isOption = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return error instanceof InvalidInput || isOption ? 2 : 1;
}
