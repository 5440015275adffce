import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { corsHeaders } from '../../lib/http/cors.ts';
import { matchRoute } from '../../lib/http/match-path.ts';
import { CATCH_ALL } from '../../lib/http/unmatched.ts';
import { type FunctionName, gateway, type RouteTopology } from '../topology.ts';
import type { FunctionPool } from './function-pool.ts';
import { openAuthorizer } from './gateway-authorizer.ts';
import { GatewayError, refuseHead, replyProblem } from './gateway-error.ts';
import { type GatewayCall, proxyEvent } from './gateway-event.ts';
import { closeServer, listen } from './listen.ts';

export interface GatewayOptions {
  readonly port: number;
  /** Loopback where absent. */
  readonly host?: string;
  readonly routes: readonly RouteTopology[];
  readonly pool: (name: FunctionName) => FunctionPool;
  /** Origins of web pages that may read the gateway's own refusals; what functions answer says so itself. */
  readonly corsOrigins?: readonly string[];
  readonly now: () => number;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const answerSchema = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(scalar)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The time a client has for its headers and its whole request; a laptop's slowest uplink is loopback. */
const requestTimeoutMs = 60_000;
/** Bodies held at a time, all requests together; more are throttled. */
const maxHeldBytes = 128 * 1024 * 1024;

/** What API Gateway is to the deployed service: routes, keys, limits and timeouts in front of the functions. */
export async function startGateway(options: GatewayOptions) {
  const authorize = openAuthorizer(() => options.pool('authorize'), options.now);
  const server = createServer(
    {
      maxHeaderSize: gateway.headBytes,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      keepAliveTimeout: 60_000,
    },
    (request, response) => {
      const requestId = randomUUID();
      serve(request, response, requestId).catch((error) => {
        const cors = corsHeaders(options.corsOrigins ?? [], request.headers.origin);
        replyProblem(response, error instanceof GatewayError ? error.code : 'bad-answer', { requestId, cors });
      });
    },
  );
  server.on('clientError', (error, socket) => refuseHead(error, socket, randomUUID()));
  server.maxConnections = 4_000;
  const throttle = openThrottle(options.now);
  let heldBytes = 0;

  async function serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (!throttle()) throw new GatewayError('throttled');
    const url = requestUrl(request.url ?? '/');
    if (url === undefined) throw new GatewayError('no-such-route');
    const matched = matchRoute(options.routes, request.method ?? '', url.pathname) ?? unmatched(url);
    const call: GatewayCall = { request, requestId, url, ...matched, time: new Date(options.now()) };
    const authorizer = matched.route.scope === undefined ? undefined : await authorize(call);
    const bytes = bodyBytes(request);
    if (heldBytes + bytes > maxHeldBytes) throw new GatewayError('throttled');
    heldBytes += bytes;
    try {
      const event = JSON.stringify(proxyEvent(call, await readBody(request), authorizer));
      if (Buffer.byteLength(event) > gateway.lambdaPayloadBytes) throw new GatewayError('too-large');
      reply(response, await withinTime(options.pool(matched.route.handledBy).invoke(event)), requestId);
    } finally {
      heldBytes -= bytes;
    }
  }

  const port = await listen(server, options.port, options.host);
  return { port, url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}
export type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** What no route takes goes to `api`, without a key, as in the deployed gateway: it says 204, 404 or 405. */
function unmatched({ pathname }: URL): Pick<GatewayCall, 'route' | 'pathParameters'> {
  return {
    route: { method: 'GET', path: CATCH_ALL, handledBy: 'api' },
    pathParameters: { proxy: pathname.slice(1) },
  };
}

/** The path and query that were asked for; undefined for `*` and other targets without a path. A path's `//` names no host. */
function requestUrl(target: string): URL | undefined {
  const text = target.startsWith('/') ? `http://127.0.0.1${target}` : target;
  return URL.parse(text) ?? undefined;
}

/** What a request's body may come to: its length, or the limit where it does not say. */
function bodyBytes({ headers }: IncomingMessage): number {
  const said = headers['content-length'];
  if (said === undefined) return headers['transfer-encoding'] === undefined ? 0 : gateway.bodyBytes;
  if (Number(said) > gateway.bodyBytes) throw new GatewayError('too-large');
  return Number(said);
}

/** A token bucket: false where the stage's rate and burst are used up. */
function openThrottle(now: () => number): () => boolean {
  const { perSecond, burst } = gateway.throttle;
  let tokens: number = burst;
  let atMs = now();
  return () => {
    tokens = Math.min(burst, tokens + ((now() - atMs) / 1000) * perSecond);
    atMs = now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Destroying the request would take the answer with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.byteLength;
    if (bytes > gateway.bodyBytes) throw new GatewayError('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatewayError('out-of-time')), gateway.timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reply(
  response: ServerResponse,
  outcome: Awaited<ReturnType<FunctionPool['invoke']>>,
  requestId: string,
): void {
  if (!outcome.ok) {
    if (outcome.error === 'throttled') throw new GatewayError('throttled');
    throw new GatewayError(outcome.error === 'timed-out' ? 'out-of-time' : 'bad-answer');
  }
  const answer = answerSchema.safeParse(JSON.parse(outcome.body));
  if (!answer.success) throw new GatewayError('bad-answer');
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = answer.data;
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  response.setHeader('x-amzn-requestid', requestId);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) response.setHeader(name, values);
  // RFC 9110, 8.6: these two have no body and so no length.
  if (statusCode !== 204 && statusCode !== 304) response.setHeader('content-length', bytes.byteLength);
  response.writeHead(statusCode).end(bytes);
}
