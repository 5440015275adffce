import { randomBytes } from 'node:crypto';
import * as keyCases from '../../lib/access/keys.ts';
import { wantedKeySchema } from '../../lib/access/keys.ts';
import { tenantSchema } from '../../lib/domain/job.ts';
import type { ApiKey, KeyStore } from '../../lib/ports.ts';

const wantedSchema = wantedKeySchema.extend({ tenant: tenantSchema });

/** Puts a new key into the store and gives its secret, which is kept nowhere. Throws on a tenant or scope that is none. */
export async function createKey(keys: KeyStore, wanted: unknown, now: Date): Promise<{ secret: string; key: ApiKey }> {
  const { tenant, ...key } = wantedSchema.parse(wanted);
  return keyCases.createKey({ keys, clock: { now: () => now }, random: randomBytes }, { tenant }, key);
}
