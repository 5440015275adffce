import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gateway } from '../topology.ts';
import type { FunctionPool } from './function-pool.ts';
import type { Outcome } from './runtime-api.ts';

/** Lambda waits one and two minutes before its two retries of an asynchronous invocation; nobody at a laptop wants to. */
const retryDelaysMs = [1_000, 2_000];

/**
 * Lambda's Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). Type `Event` is answered 202 at once,
 * tried three times in all and then given to `onLost`, as with an on-failure destination.
 */
export function serveInvoke(
  pool: (name: string) => FunctionPool | undefined,
  onLost: (name: string, event: string, outcome: Outcome) => void,
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const answer = (status: number, headers: Record<string, string>, body = '') => {
      request.resume();
      response.writeHead(status, { 'x-amzn-requestid': randomUUID(), ...headers }).end(body);
    };
    const refuse = (status: number, type: string, message: string) =>
      answer(
        status,
        { 'content-type': 'application/json', 'x-amzn-errortype': type },
        JSON.stringify({ Type: 'User', message }),
      );
    invoke(request).catch(() => response.destroy());

    async function invoke({ url = '', method, headers }: IncomingMessage): Promise<unknown> {
      const [, , , name = '', action] = new URL(url, 'http://127.0.0.1').pathname.split('/');
      const target = pool(decodeURIComponent(name).replace(/^.*:function:/, ''));
      if (method !== 'POST' || action !== 'invocations' || target === undefined) {
        return refuse(404, 'ResourceNotFoundException', `Function not found: ${name}`);
      }
      const event = await readEvent(request);
      if (event === undefined) return refuse(413, 'RequestTooLargeException', 'The event is over 6 MB.');
      if (!isJson(event))
        return refuse(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
      if (headers['x-amz-invocation-type'] === 'DryRun') return answer(204, {});
      if (headers['x-amz-invocation-type'] === 'Event') {
        void invokeLater(target, event, onLost);
        return answer(202, {});
      }
      const outcome = await target.invoke(event);
      const failed: Record<string, string> = outcome.ok ? {} : { 'x-amz-function-error': 'Unhandled' };
      return answer(
        200,
        { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST', ...failed },
        outcome.body,
      );
    }
  };
}

async function invokeLater(
  target: FunctionPool,
  event: string,
  onLost: (name: string, event: string, outcome: Outcome) => void,
): Promise<void> {
  for (const delayMs of [...retryDelaysMs, undefined]) {
    const outcome = await target.invoke(event);
    if (outcome.ok) return;
    if (delayMs === undefined) return onLost(target.name, event, outcome);
    target.log.line(`${target.name}: asynchronous invocation failed (${outcome.error}), trying again`);
    await sleep(delayMs, undefined, { ref: false });
  }
}

async function readEvent(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.byteLength;
    if (bytes > gateway.lambdaPayloadBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 0 ? '{}' : Buffer.concat(chunks).toString('utf8');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
