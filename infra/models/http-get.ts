import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { PassThrough } from 'node:stream';
import { InvalidInput } from '../../lib/domain/errors.ts';

/** The server could not be reached, or fell silent: worth another try. `code` is the operating system's, or ours. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly code: string;
  constructor(code: string, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export interface Connection {
  readonly proxy: Readonly<Record<string, string>>;
  /** A server that says nothing for so long is given up. */
  readonly stallMs: number;
}

export interface Answer {
  readonly response: IncomingMessage;
  /** Throws `Unreachable` where the line breaks, after all that has arrived. */
  readonly body: AsyncIterable<Buffer>;
  /** What the first server asked said of the file, before it sent us elsewhere. */
  readonly hub: IncomingMessage['headers'];
}

const MOST_REDIRECTS = 5;
const RECEIVED_BYTES = 1024 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * GET over HTTP or HTTPS, through the proxy that the environment names, redirects followed (never from HTTPS to HTTP).
 * Not `fetch`: it would inflate, and tells a stall from a slow file by the whole time only.
 * Throws `Unreachable` and `InvalidInput('redirect')`.
 */
export async function httpGet(url: URL, headers: Record<string, string>, connection: Connection): Promise<Answer> {
  let at = url;
  let hub: IncomingMessage['headers'] | undefined;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    const { response, body } = await getOnce(at, headers, connection);
    hub ??= response.headers;
    if (!REDIRECTS.includes(response.statusCode ?? 0)) return { response, body, hub };
    response.destroy();
    at = redirectTarget(at, response.headers.location);
  }
  throw new InvalidInput('redirect', `${url} redirects more than ${MOST_REDIRECTS} times`);
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location === undefined ? null : URL.parse(location, String(from));
  if (target === null || !['http:', 'https:'].includes(target.protocol))
    throw new InvalidInput('redirect', `${from} redirects to no web address`);
  if (from.protocol === 'https:' && target.protocol === 'http:')
    throw new InvalidInput('redirect', `${from} redirects from https to ${target.origin}, which anyone could answer`);
  return target;
}

function getOnce(
  url: URL,
  headers: Record<string, string>,
  { proxy, stallMs }: Connection,
): Promise<Omit<Answer, 'hub'>> {
  return new Promise((resolve, reject) => {
    const isHttps = url.protocol === 'https:';
    const options = {
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'logsieve' },
      agent: isHttps ? new https.Agent({ proxyEnv: proxy }) : new http.Agent({ proxyEnv: proxy }),
    };
    const request = (isHttps ? https : http).get(url, options, (response) =>
      resolve({ response, body: bodyOf(response, url) }),
    );
    request.setTimeout(stallMs, () => {
      request.destroy(new Unreachable('stalled', `${url.host} said nothing for ${stallMs / 1000} s`));
    });
    request.on('error', (cause) => reject(unreachable(url, cause)));
  });
}

/**
 * Listens from the first moment, so that no break is missed, and takes in what arrives: a response that breaks throws
 * away what it has not handed over, and what has arrived is worth keeping.
 */
function bodyOf(response: IncomingMessage, url: URL): AsyncIterable<Buffer> {
  const received = new PassThrough({ highWaterMark: RECEIVED_BYTES });
  let broken: unknown;
  response.on('error', (cause) => {
    broken = cause;
  });
  response.on('close', () => {
    if (!response.complete) broken ??= new Unreachable('closed', `${url.host} hung up`);
    received.end();
  });
  response.pipe(received);
  return (async function* () {
    for await (const chunk of received) yield Buffer.from(chunk);
    if (broken !== undefined) throw unreachable(url, broken);
  })();
}

/** An error of the network in our words. */
export function unreachable(url: URL, cause: unknown): Unreachable {
  if (cause instanceof Unreachable) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new Unreachable(code, `${url.host} cannot be reached (${code})`, { cause });
}
