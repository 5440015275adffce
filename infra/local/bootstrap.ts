/**
 * What runs in a function's process: the Lambda Runtime API's client, as in AWS's own images. It loads the bundle named
 * by LAMBDA_TASK_ROOT and _HANDLER, then asks for one invocation after the other. Its parent's end is its own end.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const environment = process.env;
const base = `http://${environment.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

interface Reply {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** `fetch` would give up on an invocation that is five minutes in coming. */
function call(method: 'GET' | 'POST', path: string, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${base}${path}`,
      { method, headers: { 'content-type': 'application/json' } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function describe(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message, stackTrace: stack?.split('\n').slice(1) ?? [] });
}

function contextOf({ headers }: Reply) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn']),
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: String(headers['lambda-runtime-aws-request-id']),
    logGroupName: `/aws/lambda/${environment.AWS_LAMBDA_FUNCTION_NAME}`,
    logStreamName: 'laptop',
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

async function loadHandler() {
  const [file, name] = (environment._HANDLER ?? 'index.handler').split('.');
  const module = await import(pathToFileURL(join(environment.LAMBDA_TASK_ROOT ?? '.', `${file}.mjs`)).href);
  const handler: unknown = module[String(name)];
  if (typeof handler !== 'function') throw new TypeError(`The bundle exports no function '${name}'.`);
  return handler;
}

async function serveInvocations(): Promise<never> {
  const handler = await loadHandler().catch(async (error) => {
    console.error(error);
    await call('POST', '/init/error', describe(error));
    process.exit(1);
  });
  for (;;) {
    const next = await call('GET', '/invocation/next').catch(() => process.exit(0));
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    try {
      const result: unknown = await handler(JSON.parse(next.body), contextOf(next));
      await call('POST', `/invocation/${id}/response`, JSON.stringify(result) ?? 'null');
    } catch (error) {
      console.error(error);
      await call('POST', `/invocation/${id}/error`, describe(error)).catch(() => process.exit(0));
    }
  }
}

// Ctrl-C goes to every process of the terminal; ending a function is for the stack to decide.
process.on('SIGINT', () => undefined);
await serveInvocations();
