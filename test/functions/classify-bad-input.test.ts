import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../functions/classify/http.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const send = (body: string | Uint8Array | undefined, headers: Record<string, string> = {}) =>
  handler(anApiEvent({ method: 'POST', path: '/v1/classify/', scopes: 'ingest', body, headers }), aContext());
const problemOf = async (body: string | Uint8Array | undefined, headers: Record<string, string> = {}) => {
  const reply = await send(body, headers);
  expect(reply.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': 'request-1',
  });
  const problem = bodyOf(reply);
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^urn:logsieve:problem:[a-z-]+$/),
    title: expect.any(String),
    status: reply.statusCode,
    detail: expect.any(String),
    requestId: 'request-1',
  });
  return problem;
};
const entries = (...log_entries: readonly unknown[]) => JSON.stringify({ log_entries });
const MiB = 1024 * 1024;

describe('POST /v1/classify with a body that cannot be read', () => {
  it.each([
    ['no body', undefined, 'empty-body'],
    ['an empty body', '', 'empty-body'],
    ['white space', ' \r\n\t', 'empty-body'],
    ['JSON cut off', '{"log_entries": ["a', 'invalid-json'],
    ['no JSON', 'User1 logged in', 'invalid-json'],
    ['NUL bytes', '\u0000\u0000\u0000', 'invalid-json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'invalid-json'],
  ])('refuses %s with 400', async (_name, body, code) => {
    expect(await problemOf(body)).toMatchObject({ status: 400, type: `urn:logsieve:problem:${code}` });
  });

  it('refuses a broken gzip with 400 and another encoding with 415', async () => {
    const gzip = { 'content-encoding': 'gzip' };

    expect(await problemOf('plain', gzip)).toMatchObject({ status: 400, title: 'Bad request' });
    expect(await problemOf(gzipSync(entries('a')).subarray(0, 20), gzip)).toMatchObject({ status: 400 });
    expect(await problemOf('x', { 'Content-Encoding': 'br' })).toMatchObject({ status: 415 });
  });

  it.each([
    ['a line of 2 MB', entries('x'.repeat(2 * MiB))],
    ['a body of 2 MB', `${' '.repeat(2 * MiB)}${entries('a')}`],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * MiB, ' '))],
    ['a gzip of one byte too many', gzipSync(Buffer.alloc(MiB + 1, ' '))],
  ])('refuses %s with 413 and says where it belongs', async (_name, body) => {
    const problem = await problemOf(body);

    expect(problem).toMatchObject({ status: 413, type: 'urn:logsieve:problem:too-large', title: 'Too large' });
    expect(problem.detail).toContain('/v1/batches');
  });
});

describe('POST /v1/classify with JSON of another shape', () => {
  it.each([
    ['null', 'null', [{ path: '(root)' }]],
    ['an array', '["a"]', [{ path: '(root)' }]],
    ['nothing asked', '{}', [{ path: 'log_entries' }]],
    ['no entries', entries(), [{ path: 'log_entries', message: 'send at least one entry' }]],
    ['a text for the list', '{"log_entries":"a"}', [{ path: 'log_entries' }]],
    [
      'a list in the list',
      entries(['a']),
      [{ path: 'log_entries.0', message: expect.stringContaining('string or object') }],
    ],
    ['a threshold above one', '{"log_entries":["a"],"threshold":1.5}', [{ path: 'threshold' }]],
    ['a threshold in words', '{"log_entries":["a"],"threshold":"high"}', [{ path: 'threshold' }]],
    ['an entry without a message', entries('a', { source: 'b' }), [{ path: 'log_entries.1.log_message' }]],
    ['a long source', entries({ source: 's'.repeat(129), log_message: 'a' }), [{ path: 'log_entries.0.source' }]],
  ])('refuses %s and names the place', async (_name, body, issues) => {
    const problem = await problemOf(body);

    expect(problem).toMatchObject({ status: 400, type: 'urn:logsieve:problem:invalid-body', issues });
    expect(problem.detail).toContain(problem.issues[0].path);
  });

  it('names every place where a type is wrong, 20 at most', async () => {
    const some = await problemOf(entries('a', 7, { source: 1, log_message: null }, 'b', null));
    const many = await problemOf(entries(...Array.from({ length: 300 }, () => ({ source: 1, log_message: 2 }))));

    expect(some.issues.map(({ path }: { path: string }) => path)).toEqual([
      'log_entries.1',
      'log_entries.2.source',
      'log_entries.2.log_message',
      'log_entries.4',
    ]);
    expect(many.issues).toHaveLength(20);
  });

  it('refuses 501 entries and says where more belong', async () => {
    const problem = await problemOf(entries(...Array.from({ length: 501 }, (_, index) => `line ${index}`)));

    expect(problem).toMatchObject({ status: 400, issues: [{ path: 'log_entries' }] });
    expect(problem.detail).toContain('500 entries');
    expect(problem.detail).toContain('/v1/batches');
  });

  it('refuses a million brackets without falling over', async () => {
    expect(await problemOf(`{"log_entries":${'['.repeat(500_000)}${']'.repeat(500_000)}}`)).toMatchObject({
      status: 400,
    });
  });

  it('never repeats what was sent, neither to the caller nor in the log', async () => {
    const problems = [
      await problemOf('{"log_entries": ["a-secret-word" oops]}'),
      await problemOf(entries({ source: 1, log_message: 'a-secret-word' })),
    ];

    expect(JSON.stringify(problems)).not.toContain('a-secret-word');
    expect(service.logged.join()).not.toContain('a-secret-word');
    expect(service.logged.join()).not.toContain('"error"');
  });
});
