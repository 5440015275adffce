import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Fault } from '../domain/errors.ts';
import type { Clock, Secrets } from '../ports.ts';
import { translated } from './errors.ts';

const KEPT_MS = 5 * 60_000;

/** Secrets Manager; a secret is kept in memory for five minutes, so that a rotated one is taken up without a deployment. */
export function secretsManagerSecrets(client: SecretsManagerClient, clock: Clock): Secrets {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    get: async (id) => {
      const known = kept.get(id);
      const now = clock.now().getTime();
      if (known !== undefined && known.until > now) return known.value;
      const found = await translated('get secret', () => client.send(new GetSecretValueCommand({ SecretId: id })));
      if (found.SecretString === undefined) throw new Fault('secret-empty', 'get secret: it has no text');
      kept.set(id, { value: found.SecretString, until: now + KEPT_MS });
      return found.SecretString;
    },
  };
}
