import * as keyCases from '../../lib/access/keys.ts';
import { type ApiReply, type Caller, jsonReply } from '../../lib/http/api-request.ts';
import * as routes from '../../lib/http/routes/keys.ts';
import { hashJobId } from '../../lib/jobs/new-job.ts';
import { lastUsedOn } from '../../lib/metrics/ask-usage.ts';
import type { ApiKey } from '../../lib/ports.ts';
import { log, openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

const listKeys = answer(routes.listKeys, async ({ caller }) => {
  const [keys, used] = await Promise.all([
    keyCases.listKeys(openPorts(), caller.tenant),
    lastUsedOn(openPorts(), caller.tenant),
  ]);
  return jsonReply(200, { keys: keys.map((key) => keyToView(key, used.get(key.keyId))) });
});

const createKey = answer(routes.createKey, async (request) => {
  const { caller, body } = request;
  const repeated = request.idempotencyKey;
  const keyId = repeated === undefined ? undefined : `key-${hashJobId('key', caller.tenant, repeated)}`;
  const made = await keyCases.createKey(openPorts(), ownerOf(caller), body, keyId);
  note('key-made', caller, made.key);
  return secretReply(201, made);
});

const rotateKey = answer(routes.rotateKey, async ({ caller, params, body }) => {
  const rotated = await keyCases.rotateKey(openPorts(), ownerOf(caller), params.keyId, body.graceSeconds);
  note('key-rotated', caller, rotated.key);
  return secretReply(200, rotated);
});

const revokeKey = answer(routes.revokeKey, async ({ caller, params, query }) => {
  const force = query.force ?? false;
  const revoked = await keyCases.revokeKey(openPorts(), ownerOf(caller), params.keyId, { force });
  note('key-revoked', caller, revoked);
  return jsonReply(200, keyToView(revoked));
});

export const keyAnswers = [listKeys, createKey, rotateKey, revokeKey];

function ownerOf({ tenant, keyId }: Caller): keyCases.KeyOwner {
  return { tenant, by: keyId };
}

/** Who did what to which key, for whoever has to find out later. */
function note(event: string, { tenant, keyId: by }: Caller, { keyId }: ApiKey): void {
  log('info', event, { tenant, keyId, by });
}

function keyToView({ tenant, ...key }: ApiKey, usedOn?: string) {
  return { ...key, lastUsedOn: usedOn };
}

/** Nothing on the way may keep it. */
function secretReply(status: number, { key, secret }: { key: ApiKey; secret: string }): ApiReply {
  return jsonReply(status, { ...keyToView(key), secret }, { 'cache-control': 'no-store' });
}
