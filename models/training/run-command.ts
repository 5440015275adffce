import { InvalidInput } from '../../lib/domain/errors.ts';

/** Runs a command. What it throws is said in a sentence; the process then ends with 2 where the caller can mend it, else with 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}

/** An unknown option can be mended too. */
function exitCodeOf(error: unknown): 1 | 2 {
  const isOption = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return error instanceof InvalidInput || isOption ? 2 : 1;
}
