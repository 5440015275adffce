import { InvalidInput } from '../domain/errors.ts';
import type { ApiRequest } from './api-request.ts';

/** What a client calls a request, so that a repeat of it is known. Throws `InvalidInput('idempotency-key')`. */
export function idempotencyKeyOf({ headers }: Pick<ApiRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new InvalidInput('idempotency-key', 'Idempotency-Key is 1 to 128 visible ASCII characters.');
}
