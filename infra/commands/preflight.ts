import { parseArgs } from 'node:util';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { readStage, SettingsRefused } from '../cdk/read-settings.ts';
import { type AccountLimits, preflightReport } from './preflight-report.ts';

const accountSchema = z.object({
  AccountLimit: z.object({ ConcurrentExecutions: z.int(), UnreservedConcurrentExecutions: z.int() }),
});

/** `npm run preflight [-- --stage STAGE]`: whether a stage fits the account's quotas, by the caller's credentials. 0: it fits; 1: it does not; 2: nobody could be asked. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stage: { type: 'string', default: 'default' } } });
  const settings = await readStage({ stage: values.stage, logsieve: undefined });
  const { fits, lines } = preflightReport(settings, await askLimits(settings.region));
  console.log(lines.join('\n'));
  process.exitCode = fits ? 0 : 1;
}

async function askLimits(region: string | undefined): Promise<AccountLimits> {
  const client = new LambdaClient({ ...(region === undefined ? {} : { region }), maxAttempts: 2 });
  const { AccountLimit } = accountSchema.parse(await client.send(new GetAccountSettingsCommand()));
  return {
    concurrentExecutions: AccountLimit.ConcurrentExecutions,
    unreserved: AccountLimit.UnreservedConcurrentExecutions,
  };
}

const HELP =
  'It takes credentials that may call lambda:GetAccountSettings and a region: "aws sso login" or AWS_PROFILE, and AWS_REGION.';

await main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  console.error(error instanceof SettingsRefused ? why : `The account could not be asked: ${why}\n${HELP}`);
  process.exitCode = 2;
});
