import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import * as keyCases from '../../lib/access/keys.ts';
import { wantedKeySchema } from '../../lib/access/keys.ts';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import { tenantSchema } from '../../lib/domain/job.ts';
import type { ApiKey, KeyStore } from '../../lib/ports.ts';

const wantedSchema = wantedKeySchema.extend({ tenant: tenantSchema });

/** Puts a new key into the store and gives its secret, which is kept nowhere. Throws on a tenant or scope that is none. */
export async function createKey(keys: KeyStore, wanted: unknown, now: Date): Promise<{ secret: string; key: ApiKey }> {
  const { tenant, ...key } = wantedSchema.parse(wanted);
  return keyCases.createKey({ keys, clock: { now: () => now }, random: randomBytes }, { tenant }, key);
}

/** `npm run -s create-key -- --table NAME --tenant acme --name "on call" [--scopes ingest,read,admin]`, by the caller's own AWS credentials. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      table: { type: 'string' },
      tenant: { type: 'string' },
      name: { type: 'string' },
      scopes: { type: 'string', default: 'ingest,read' },
    },
  });
  const table = z.string({ error: '--table is missing: the output AccessTable of the stack' }).parse(values.table);
  const clock = { now: () => new Date() };
  const keys = dynamoKeyStore(new DynamoDBClient(), table, clock);
  const { secret, key } = await createKey(keys, { ...values, scopes: values.scopes.split(',') }, clock.now());
  console.error(`A key of ${key.tenant} for ${key.scopes.join(', ')}. It is shown this once:`);
  console.log(secret);
}

// `import.meta.main` is not known to Node 22.
if (process.argv[1] === import.meta.filename) {
  await main().catch((error: unknown) => {
    console.error(
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error,
    );
    process.exitCode = 1;
  });
}
