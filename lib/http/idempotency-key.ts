import { InvalidInput } from '../domain/errors.ts';
import type { ApiRequest } from './api-request.ts';

/** Without an example: Swagger UI would send that by itself, and every second try would be a repeat of somebody's first. */
const format = { pattern: '^[\\x21-\\x7e]{1,128}$' } as const;

/** The header of routes that make a job. */
export const jobKeyHeader = {
  'Idempotency-Key': {
    ...format,
    description:
      'A repeat with the same key and body is the same job; with another body, labels or threshold it is refused (422).',
  },
} as const;

/** The header of routes that judge at once. */
export const lineKeyHeader = {
  'Idempotency-Key': {
    ...format,
    description: 'The lines of a repeat with the same key and body are counted against the quota once.',
  },
} as const;

/** The header of the route that makes keys. */
export const secretKeyHeader = {
  'Idempotency-Key': { ...format, description: 'A repeat with the same key makes nothing and is refused (409).' },
} as const;

/** What a client calls a request, so that a repeat of it is known. Throws `InvalidInput('idempotency-key')`. */
export function idempotencyKeyOf({ headers }: Pick<ApiRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new InvalidInput('idempotency-key', 'Idempotency-Key is 1 to 128 visible ASCII characters.');
}
