import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { tenantSchema } from '../../lib/domain/job.ts';
import { readOutputs } from './stack-outputs.ts';
import { deleteTenant } from './tenant-data.ts';

const USAGE = `npm run -s delete-tenant -- --tenant TENANT --outputs FILE [--yes]

Counts what is stored of a tenant; with --yes deletes it for good: keys, jobs, verdicts, cache, usage, uploads and results.
Stop what still writes for the tenant first (docs/DEPLOY.md). Point-in-time backups keep what they have for 35 days.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tenant: { type: 'string' },
      outputs: { type: 'string' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  if (values.tenant === undefined || values.outputs === undefined) throw new Error(USAGE);
  const tenant = tenantSchema.parse(values.tenant);
  const clients = { dynamo: new DynamoDBClient(), s3: new S3Client() };
  const { items, objects } = await deleteTenant(clients, await readOutputs(values.outputs), tenant, {
    countOnly: !values.yes,
  });
  const what = `${items} items and ${objects} versions of objects of ${tenant}`;
  console.log(values.yes ? `${what} were deleted.` : `${what} are stored. Again with --yes deletes them for good.`);
}

await main().catch((error: unknown) => {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
