import { parseArgs } from 'node:util';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { readStage, SettingsRefused } from '../cdk/read-settings.ts';
import { UsageError } from '../local/start-options.ts';
import { type AccountLimits, preflightReport } from './preflight-report.ts';

const accountSchema = z.object({
  AccountLimit: z.object({ ConcurrentExecutions: z.int(), UnreservedConcurrentExecutions: z.int() }),
});

const CREDENTIALS =
  'It takes credentials that may call lambda:GetAccountSettings and a region: "aws sso login" or AWS_PROFILE, and AWS_REGION.';

const USAGE = `npm run preflight [-- --stage STAGE]

Whether a stage (infra/config/STAGE.ts, "default" where none is named) fits the account's quotas.
Ends with 0: it fits; 1: it does not; 2: nobody could be asked.
${CREDENTIALS}`;

async function main(): Promise<void> {
  const { stage, help } = readOptions();
  if (help) return console.log(USAGE);
  const settings = await readStage({ stage, logsieve: undefined });
  const { fits, lines } = preflightReport(settings, await askLimits(settings.region));
  console.log(lines.join('\n'));
  process.exitCode = fits ? 0 : 1;
}

function readOptions() {
  try {
    return parseArgs({
      options: { stage: { type: 'string', default: 'default' }, help: { type: 'boolean', short: 'h', default: false } },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'Bad arguments.'}\n\n${USAGE}`);
  }
}

async function askLimits(region: string | undefined): Promise<AccountLimits> {
  const client = new LambdaClient({ ...(region === undefined ? {} : { region }), maxAttempts: 2 });
  const { AccountLimit } = accountSchema.parse(await client.send(new GetAccountSettingsCommand()));
  return {
    concurrentExecutions: AccountLimit.ConcurrentExecutions,
    unreserved: AccountLimit.UnreservedConcurrentExecutions,
  };
}

await main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  const isTheirs = error instanceof SettingsRefused || error instanceof UsageError;
  console.error(isTheirs ? why : `The account could not be asked: ${why}\n${CREDENTIALS}`);
  process.exitCode = 2;
});
