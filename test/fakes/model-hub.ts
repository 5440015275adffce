import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** How the hub answers one request. */
export type HubAnswer =
  | 'serve'
  /** All bytes, whatever range was asked for. */
  | 'ignore-range'
  /** A range, but from elsewhere. */
  | 'other-range'
  /** Headers and nothing more, for ever. */
  | 'stall'
  | { readonly dropAfter: number }
  | { readonly stallAfter: number }
  /** Says another length than it sends; sends all it has and hangs up. */
  | { readonly claim: number }
  | { readonly redirect: string }
  | { readonly status: number }
  /** Other bytes than the file's. */
  | { readonly bytes: Buffer; readonly dropAfter?: number }
  /** In pieces, without a length. */
  | 'chunked'
  /** Slowly enough to be killed on the way. */
  | { readonly piecesOf: number; readonly everyMs: number };

export interface HubRequest {
  readonly path: string;
  readonly range: string | undefined;
}

export interface ModelHub {
  readonly url: string;
  readonly requests: readonly HubRequest[];
  /** Bytes of bodies that were sent. */
  readonly sent: () => number;
  close(): Promise<void>;
}

/** A hub on loopback, or a proxy to one, that behaves as told; ranges, entity tags and lengths are right unless it is told otherwise. */
export async function startModelHub(
  files: Readonly<Record<string, Buffer>>,
  answer: (request: HubRequest, turn: number) => HubAnswer = () => 'serve',
): Promise<ModelHub> {
  const requests: HubRequest[] = [];
  let sent = 0;
  const server = createServer((incoming, response) => {
    const request = { path: pathOf(incoming), range: incoming.headers.range };
    requests.push(request);
    const write = response.write.bind(response);
    response.write = (chunk: Buffer) => {
      sent += chunk.length;
      return write(chunk);
    };
    send(response, request, files[request.path], answer(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    sent: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A request to a proxy names the whole address. */
function pathOf({ url = '' }: IncomingMessage): string {
  return new URL(url, 'http://hub').pathname;
}

function send(response: ServerResponse, { range }: HubRequest, file: Buffer | undefined, answer: HubAnswer): void {
  if (typeof answer === 'object' && 'redirect' in answer) {
    response.writeHead(302, { location: answer.redirect }).end();
    return;
  }
  if (typeof answer === 'object' && 'status' in answer) {
    response.writeHead(answer.status).end('no');
    return;
  }
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const content = typeof answer === 'object' && 'bytes' in answer ? answer.bytes : file;
  const asked = answer === 'ignore-range' ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const from = answer === 'other-range' && asked > 0 ? asked - 1 : asked;
  if (from > 0 && from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const body = content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, headersOf(answer, content, from));
  sendBody(response, body, answer);
}

function headersOf(answer: HubAnswer, content: Buffer, from: number): Record<string, string> {
  const claimed = typeof answer === 'object' && 'claim' in answer ? answer.claim : content.length;
  return {
    etag: `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`,
    ...(answer === 'chunked' ? {} : { 'content-length': String(claimed - from) }),
    ...(from > 0 ? { 'content-range': `bytes ${from}-${claimed - 1}/${claimed}` } : {}),
  };
}

function sendBody(response: ServerResponse, body: Buffer, answer: HubAnswer): void {
  if (answer === 'stall') response.flushHeaders();
  else if (typeof answer === 'object' && 'stallAfter' in answer) response.write(body.subarray(0, answer.stallAfter));
  else if (typeof answer === 'object' && 'dropAfter' in answer && answer.dropAfter !== undefined) {
    response.write(body.subarray(0, answer.dropAfter));
    // What was written must be on its way before the line is cut.
    setTimeout(() => response.destroy(), 20);
  } else if (typeof answer === 'object' && 'claim' in answer) {
    response.strictContentLength = false;
    response.write(body.subarray(0, Math.min(body.length, answer.claim)));
    setTimeout(() => response.destroy(), 20);
  } else if (typeof answer === 'object' && 'piecesOf' in answer) sendSlowly(response, body, answer);
  else {
    response.write(body);
    response.end();
  }
}

function sendSlowly(response: ServerResponse, body: Buffer, speed: { piecesOf: number; everyMs: number }): void {
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed || at >= body.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(body.subarray(at, at + speed.piecesOf));
    at += speed.piecesOf;
  }, speed.everyMs);
}
