import { createHash } from 'node:crypto';
import type { ApiRequest } from '../lib/http/api-request.ts';
import { idempotencyKeyOf } from '../lib/http/idempotency-key.ts';
import { openPorts } from './ports.ts';

/**
 * Counts a request's lines against the quotas of its key and tenant, before they are judged. A repeat with the same
 * Idempotency-Key and content is counted once (`content`: a file rather than the form around it, whose boundary changes).
 * Throws `OverQuota`.
 */
export async function chargeLines(
  request: Pick<ApiRequest, 'caller' | 'headers'>,
  door: 'classify' | 'batch',
  lines: number,
  content: unknown,
): Promise<void> {
  const { quota, telemetry } = openPorts();
  const { caller } = request;
  const key = idempotencyKeyOf(request);
  const once = key === undefined ? undefined : `${door}|${key}|${contentHash(content)}`;
  if (!(await quota.lines(caller, lines, once))) return;
  telemetry.meter.count('lines', [door], lines);
  telemetry.used({ lines }, { tenant: caller.tenant, keyId: caller.keyId });
}

function contentHash(content: unknown): string {
  const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
  return createHash('sha256').update(bytes).digest('base64url');
}
