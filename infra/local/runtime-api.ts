import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gateway } from '../topology.ts';
import { closeServer, listen } from './listen.ts';

/** How an invocation ended: with the function's answer (JSON), or with what kept it from one. */
export type Outcome =
  | { readonly ok: true; readonly body: string }
  | {
      readonly ok: false;
      readonly error: 'handled' | 'crashed' | 'timed-out' | 'init-failed' | 'too-large' | 'throttled';
      readonly body: string;
    };

/** One invocation on its way to a function's process. */
export interface Invocation {
  readonly id: string;
  readonly arn: string;
  readonly event: string;
  readonly deadlineMs: number;
  end(outcome: Outcome): void;
}

/** What the Runtime API keeps of one process: either it waits for work, or it works. */
interface Seat {
  waiting?: ServerResponse;
  working?: Invocation;
  readonly onReady: () => void;
  readonly onInitError: (body: string) => void;
}

export interface RuntimeSeat {
  /** The value of AWS_LAMBDA_RUNTIME_API for this process. */
  readonly address: string;
  /** Hands the process its next invocation; only when it is ready. */
  give(invocation: Invocation): void;
  leave(): void;
}

export type RuntimeApi = Awaited<ReturnType<typeof startRuntimeApi>>;

export const errorBody = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });

/**
 * The Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): next, response, error and
 * init/error. All processes share one port; each has a path of its own before the API's.
 */
export async function startRuntimeApi() {
  const seats = new Map<string, Seat>();
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) => {
    const [, id = '', , , ...path] = (request.url ?? '').split('/');
    const seat = seats.get(id);
    if (seat === undefined) return void response.writeHead(404).end();
    serveSeat(seat, path.join('/'), request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return {
    /** `onReady` is called each time the process asks for work, so first when its bundle is loaded. */
    sit(onReady: () => void, onInitError: (body: string) => void): RuntimeSeat {
      const id = randomUUID();
      const seat: Seat = { onReady, onInitError };
      seats.set(id, seat);
      return {
        address: `127.0.0.1:${port}/${id}`,
        give(invocation) {
          seat.working = invocation;
          seat.waiting
            ?.writeHead(200, {
              'content-type': 'application/json',
              'lambda-runtime-aws-request-id': invocation.id,
              'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
              'lambda-runtime-invoked-function-arn': invocation.arn,
            })
            .end(invocation.event);
          seat.waiting = undefined;
        },
        leave: () => void seats.delete(id),
      };
    },
    close: () => closeServer(server),
  };
}

async function serveSeat(seat: Seat, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET' && path === 'invocation/next') {
    seat.waiting = response;
    return seat.onReady();
  }
  const body = await readBody(request);
  const [, id, what] = path.split('/');
  if (path === 'init/error') seat.onInitError(body ?? '');
  const { working } = seat;
  if (working !== undefined && working.id === id) {
    seat.working = undefined;
    working.end(outcomeOf(what === 'response', body));
  }
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
}

function outcomeOf(ok: boolean, body: string | undefined): Outcome {
  if (body === undefined) {
    const message = `The response is over ${gateway.lambdaPayloadBytes} bytes.`;
    return { ok: false, error: 'too-large', body: errorBody('Function.ResponseSizeTooLarge', message) };
  }
  return ok ? { ok, body } : { ok, error: 'handled', body };
}

/** Undefined where it is over Lambda's payload limit; the rest is read and dropped then, so that the sender is not left hanging. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.byteLength;
    if (bytes <= gateway.lambdaPayloadBytes) chunks.push(chunk);
  }
  return bytes > gateway.lambdaPayloadBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}
