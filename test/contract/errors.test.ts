import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import { openClients } from '../../lib/aws/clients.ts';
import { toLogsieveError } from '../../lib/aws/errors.ts';
import { s3ObjectStore } from '../../lib/aws/object-store.ts';
import { sqsQueue } from '../../lib/aws/queue.ts';
import { dynamoVerdictCache } from '../../lib/aws/verdict-cache.ts';
import { Fault, InvalidInput } from '../../lib/domain/errors.ts';
import { fakeClock } from '../fakes/clock.ts';

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** A service that gives these answers one after the other, then the last one again. */
async function serve(answers: readonly { status: number; body: object }[]) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const block of request) body += String(block);
    bodies.push(body);
    const answer = answers[Math.min(bodies.length, answers.length) - 1];
    response.writeHead(answer?.status ?? 500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer?.body));
  });
  const port = await listen(server, 0);
  closing.push(() => server.close());
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return { bodies, options, url: `http://127.0.0.1:${port}/0/queue` };
}

const error = (name: string, status?: number) =>
  Object.assign(new Error('no matter'), { name, $metadata: { httpStatusCode: status } });

describe("a service's errors", () => {
  it.each([
    ['retryable', error('ThrottlingException', 400)],
    ['retryable', error('ProvisionedThroughputExceededException', 400)],
    ['retryable', error('InternalServerError', 500)],
    ['retryable', error('SlowDown', 503)],
    ['retryable', error('TimeoutError')],
    ['retryable', new Error('socket hang up')],
    ['fault', error('AccessDenied', 403)],
    ['fault', error('NotImplemented', 501)],
    ['fault', error('ValidationException', 400)],
    ['fault', error('CredentialsProviderError')],
  ])('are %s: %s', (kind, given) => {
    const translated = toLogsieveError('put item', given);

    expect(translated).toMatchObject({ kind, cause: given });
    expect(translated.message).toBe(`put item: ${given.name}`);
  });

  it('stay what they are when they are ours', () => {
    const ours = new InvalidInput('a', 'b');

    expect(toLogsieveError('x', ours)).toBe(ours);
    expect(toLogsieveError('x', 'text')).not.toBeInstanceOf(Fault);
  });
});

describe('a service that takes a call and says nothing', () => {
  it('is given up on, and can be tried again', async () => {
    const silent = createServer(() => undefined);
    const endpoint = `http://127.0.0.1:${await listen(silent, 0)}`;
    closing.push(() => silent.closeAllConnections());
    closing.push(() => silent.close());
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const clients = openClients({ pathStyle: true, boundsMs: { answer: 20, objectAnswer: 20 } });

    const asked = [
      dynamoVerdictCache(clients.dynamo, 'cache', fakeClock()).get('acme', ['a']),
      s3ObjectStore(clients.s3).head({ bucket: 'data', key: 'a' }),
    ];

    // Together: one that is refused while another is awaited would count as unhandled.
    await Promise.all(asked.map((call) => expect(call).rejects.toMatchObject({ kind: 'retryable' })));
    vi.unstubAllEnvs();
  });
});

describe('messages that a queue takes only in part', () => {
  const failed = (Code: string, SenderFault: boolean) => ({ Id: '1', Code, SenderFault });
  const sent = (Id: string) => ({ Id, MessageId: Id, MD5OfMessageBody: '' });

  it('are sent again, those alone', async () => {
    const service = await serve([
      { status: 200, body: { Successful: [sent('0')], Failed: [failed('InternalError', false)] } },
      { status: 200, body: { Successful: [sent('1')], Failed: [] } },
    ]);
    const client = new SQSClient({ ...service.options, md5: false });

    await sqsQueue<string>(client, service.url, { fair: false }).send(['one', 'two']);

    expect(service.bodies.map((body) => [body.includes('one'), body.includes('two')])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it('are a fault when they are refused for good, retryable when tries run out', async () => {
    const refused = await serve([{ status: 200, body: { Failed: [failed('InvalidParameterValue', true)] } }]);
    const busy = await serve([{ status: 200, body: { Failed: [failed('InternalError', false)] } }]);
    const queueTo = (service: typeof busy) =>
      sqsQueue<string>(new SQSClient({ ...service.options, md5: false }), service.url, { fair: false });

    await expect(queueTo(refused).send(['a', 'b'])).rejects.toMatchObject({ kind: 'fault', code: 'message-refused' });
    await expect(queueTo(busy).send(['a', 'b'])).rejects.toMatchObject({ kind: 'retryable' });
    expect(busy.bodies).toHaveLength(5);
  });
});

describe('keys that a table leaves unread', () => {
  it('are read again', async () => {
    const unread = { cache: { Keys: [{ pk: { S: 'acme#x' }, sk: { S: 'verdict' } }] } };
    const service = await serve([
      { status: 200, body: { Responses: { cache: [] }, UnprocessedKeys: unread } },
      { status: 200, body: { Responses: { cache: [] }, UnprocessedKeys: {} } },
    ]);
    const cache = dynamoVerdictCache(new DynamoDBClient(service.options), 'cache', fakeClock());

    const known = await cache.get('acme', ['a', 'b']);

    expect(known.size).toBe(0);
    expect(service.bodies).toHaveLength(2);
    expect(service.bodies[1]).toContain('acme#x');
  });
});
