import { InvalidInput } from '../domain/errors.ts';
import type { ApiRequest } from './api-request.ts';

/** Without an example: Swagger UI would send that by itself, and be refused. */
export const ifMatchHeader = {
  'If-Match': {
    description: 'Only where this version stands: the ETag that was read.',
    pattern: '^(\\*|"[0-9a-f]{16}")$',
  },
} as const;

/** The version of the tenant's settings that `If-Match` asks for; undefined where any will do. Throws `InvalidInput('if-match')`. */
export function ifMatchOf({ headers }: Pick<ApiRequest, 'headers'>): string | undefined {
  const header = headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const version = /^"([0-9a-f]{16})"$/.exec(header)?.[1];
  if (version !== undefined) return version;
  throw new InvalidInput('if-match', 'If-Match is one ETag of these settings, or absent.');
}
