import { createHash } from 'node:crypto';
import type { Asked } from '../lib/http/asked.ts';
import type { Route } from '../lib/http/route.ts';
import { openPorts } from './ports.ts';

/**
 * Counts a request's lines against the quotas of its key and tenant, before they are judged. A repeat with the same
 * Idempotency-Key and content is counted once (`content`: a file rather than the form around it, whose boundary changes).
 * Throws `OverQuota`.
 */
export async function chargeLines(
  request: Pick<Asked<Route>, 'caller' | 'idempotencyKey'>,
  door: 'classify' | 'batch',
  lines: number,
  content: unknown,
): Promise<void> {
  const { quota, telemetry } = openPorts();
  const { caller, idempotencyKey: key } = request;
  const once = key === undefined ? undefined : `${door}|${key}|${contentHash(content)}`;
  if (!(await quota.lines(caller, lines, once))) return;
  telemetry.meter.count('lines', [door], lines);
  telemetry.used({ lines }, { tenant: caller.tenant, keyId: caller.keyId });
}

function contentHash(content: unknown): string {
  const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
  return createHash('sha256').update(bytes).digest('base64url');
}
