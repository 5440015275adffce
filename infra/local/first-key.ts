import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findKey } from '../../lib/access/secret.ts';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import type { Clock } from '../../lib/ports.ts';
import { createKey } from '../commands/create-key.ts';
import { localCredentials, localRegion } from './signature.ts';
import { localTenant } from './tenant.ts';

/**
 * The secret of the laptop's first API key: the one in `<state>/api-key`, or a new one that is put there (mode 0600).
 * The store keeps only its hash.
 */
export async function ensureFirstKey(state: string, endpoint: string, clock: Clock): Promise<string> {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  try {
    const keys = dynamoKeyStore(client, 'access', clock);
    const file = join(state, 'api-key');
    const before = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (before !== '' && (await findKey(keys, before)) !== undefined) return before;
    const wanted = { tenant: localTenant, name: 'first key of this laptop', scopes: ['ingest', 'read', 'admin'] };
    const { secret } = await createKey(keys, wanted, clock.now());
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  } finally {
    client.destroy();
  }
}
