import { createHash } from 'node:crypto';

/** Hash of everything that can change an answer: 16 hex digits of sha256 over the parts as JSON with sorted keys. */
export function cascadeVersion(parts: Readonly<Record<string, unknown>>): string {
  return contentHash(parts).slice(0, 16);
}

/** sha256 of a value as JSON whose keys are sorted, so that the order in a file says nothing. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
