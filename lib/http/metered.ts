import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { rateLimitHeaders } from '../access/over-quota.ts';
import type { QuotaGate } from '../access/quota-gate.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import type { Clock } from '../ports.ts';
import { callerOf } from './api-request.ts';
import { dressReply } from './dress-reply.ts';
import type { Route } from './route.ts';

type Handle = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export interface MeterPorts {
  readonly quota: QuotaGate;
  readonly telemetry: Telemetry;
  readonly corsOrigins: readonly string[];
}

/** A route's handler behind its caller's rate; what it uses is counted for that caller. Throws `OverQuota`. */
export function metered({ scope }: Pick<Route, 'scope'>, handle: Handle, open: () => MeterPorts): Handle {
  if (scope === undefined) return handle;
  return async (event, context) => {
    const caller = callerOf(event);
    if (caller === undefined) return handle(event, context);
    const { quota, telemetry } = open();
    const standing = await quota.request(caller);
    const reply = await telemetry.onBehalf(caller, () => handle(event, context));
    return { ...reply, headers: { ...rateLimitHeaders([standing]), ...reply.headers } };
  };
}

/** The whole of a function behind the gateway: every answer is counted, by the template of its route, and dressed. */
export function framed(
  handle: Handle,
  { open, routeOf, clock }: { open: () => MeterPorts; routeOf: (event: APIGatewayProxyEvent) => string; clock: Clock },
): Handle {
  return async (event, context) => {
    const startedMs = clock.now().getTime();
    const inner = await handle(event, context);
    const ports = unlessBroken(open);
    if (ports === undefined) return inner;
    const reply = await dressReply(inner, event, { origins: ports.corsOrigins });
    const ms = clock.now().getTime() - startedMs;
    countAnswer(ports.telemetry, event, { route: routeOf(event), status: reply.statusCode, ms });
    await ports.telemetry.flushIfDue();
    return reply;
  };
}

/** A deployment that is wrongly set up has said so in the answer. */
function unlessBroken(open: () => MeterPorts): MeterPorts | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function countAnswer(
  { meter, used }: Telemetry,
  event: APIGatewayProxyEvent,
  { route, status, ms }: { route: string; status: number; ms: number },
): void {
  meter.count('requests', [route, String(status)]);
  meter.observeMs('requestMs', [route], ms);
  if (status === 429) meter.count('throttled', ['request']);
  const caller = callerOf(event);
  if (caller !== undefined) used({ requests: 1 }, { tenant: caller.tenant, keyId: caller.keyId });
}
