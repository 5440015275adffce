import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import { createKey } from './create-key.ts';
import { readOutputs } from './stack-outputs.ts';

const USAGE = `npm run -s keys -- create --tenant TENANT [--scope ingest,read,admin] [--name NAME] (--outputs FILE | --table NAME)

Makes a key by the caller's own AWS credentials, for the first admin of a tenant; later ones are made by POST /v1/keys.
--outputs   the file of "npx cdk deploy --outputs-file FILE"; --table  the output AccessTable itself`;

const argumentsSchema = z.object({
  action: z.literal('create', { error: USAGE }),
  tenant: z.string({ error: '--tenant is missing' }),
  scope: z.string(),
  name: z.string(),
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tenant: { type: 'string' },
      scope: { type: 'string', default: 'admin' },
      name: { type: 'string', default: 'first key' },
      outputs: { type: 'string' },
      table: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const asked = argumentsSchema.parse({ ...values, action: positionals[0] });
  const table =
    values.table ?? (values.outputs === undefined ? undefined : (await readOutputs(values.outputs)).AccessTable);
  if (table === undefined) throw new Error('Give --outputs FILE or --table NAME.');
  const clock = { now: () => new Date() };
  const keys = dynamoKeyStore(new DynamoDBClient(), table, clock);
  const wanted = { tenant: asked.tenant, name: asked.name, scopes: asked.scope.split(',') };
  const { secret, key } = await createKey(keys, wanted, clock.now());
  console.error(`A key of ${key.tenant} for ${key.scopes.join(', ')}. It is shown this once:`);
  console.log(secret);
}

await main().catch((error: unknown) => {
  const isInput = error instanceof z.ZodError;
  console.error(
    isInput ? error.issues.map(({ message }) => message).join('\n') : error instanceof Error ? error.message : error,
  );
  process.exitCode = 1;
});
