import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveInvoke } from '../../../infra/local/invoke-api.ts';
import { closeServer, listen } from '../../../infra/local/listen.ts';
import type { Outcome } from '../../../infra/local/runtime-api.ts';
import { aPool } from '../../factories/a-pool.ts';

describe('Lambda Invoke on the laptop', () => {
  let server: Server;
  let base: string;
  const lost: string[] = [];
  const calls: unknown[] = [];

  beforeAll(async () => {
    const failed: Outcome = { ok: false, error: 'handled', body: '{"errorType":"TypeError"}' };
    const pool = aPool('echo', (event: { fail?: boolean }) => {
      calls.push(event);
      return event.fail ? failed : { ok: true, body: JSON.stringify({ got: event }) };
    });
    server = createServer(
      serveInvoke(
        (name) => (name === 'echo' ? pool : undefined),
        (name, event) => lost.push(`${name} ${event}`),
      ),
    );
    base = `http://127.0.0.1:${await listen(server, 0)}/2015-03-31/functions`;
  });
  afterAll(() => closeServer(server));

  const invoke = (name: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${base}/${name}/invocations`, { method: 'POST', body, headers });

  it('answers with what the function says', async () => {
    const response = await invoke('echo', '{"a":1}');

    expect(await response.json()).toEqual({ got: { a: 1 } });
    expect(response.headers.get('x-amz-function-error')).toBeNull();
  });

  it('takes a function by its ARN', async () => {
    const response = await invoke(encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:echo'), '{}');

    expect(response.status).toBe(200);
  });

  it('says in a header that the function failed', async () => {
    const response = await invoke('echo', '{"fail":true}');

    expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
    expect(await response.json()).toEqual({ errorType: 'TypeError' });
  });

  it('answers an asynchronous invocation at once and tries it three times in all', async () => {
    calls.length = 0;

    const response = await invoke('echo', '{"fail":true}', { 'x-amz-invocation-type': 'Event' });

    expect(response.status).toBe(202);
    await vi.waitFor(() => expect(lost).toEqual(['echo {"fail":true}']), { timeout: 10_000 });
    expect(calls).toHaveLength(3);
  });

  it('refuses an unknown function, an event that is no JSON, and one over 6 MB', async () => {
    expect((await invoke('nobody', '{}')).status).toBe(404);
    expect((await invoke('echo', '{')).status).toBe(400);
    expect((await invoke('echo', Buffer.alloc(7_000_000))).status).toBe(413);
  });
});
