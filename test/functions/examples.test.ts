import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { handler as worker } from '../../functions/classify/worker.ts';
import { handler as finish } from '../../functions/finish-job/finish-job.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import type { Example, Route } from '../../lib/http/route.ts';
import { routeTable } from '../../lib/http/route-table.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { useAssets } from './assets.ts';

/** The job that examples speak of, and its stand-in here. */
const EXAMPLE_JOB = '0123456789abcdefghijklmnop';

let service: Service;
let assets: Awaited<ReturnType<typeof useAssets>>;
let jobId: string;
beforeAll(async () => {
  service = await startService();
  assets = await useAssets();
  const body = JSON.stringify(['User User1 logged in.', 'kernel: Out of memory: Killed process 911 (java)']);
  const reply = await api(anApiEvent({ method: 'POST', path: '/v1/batches', scopes: 'ingest', body }), aContext());
  jobId = bodyOf(reply).jobId;
  await service.deliver('uploads', ingest);
  await service.deliver('chunks-small', worker);
  await service.deliver('finished', finish);
});
afterAll(async () => {
  await assets.remove();
  await service.close();
});

const cases = routeTable.flatMap((route) =>
  (route.examples ?? []).map((example) => [`${route.method} ${route.path}: ${example.name}`, route, example] as const),
);

function send(route: Route, { params = {}, query, headers, body, media }: Example) {
  const path = route.path.replace(/\{(\w+)\}/g, (_whole, name: string) => params[name] ?? jobId);
  const text = typeof body === 'string' ? body : JSON.stringify(body)?.replaceAll(EXAMPLE_JOB, jobId);
  const contentType: Record<string, string> = body === undefined ? {} : { 'content-type': media ?? 'application/json' };
  const event = anApiEvent({
    method: route.method,
    path,
    query,
    headers: { ...contentType, ...headers },
    body: text,
    scopes: route.scope === undefined ? undefined : 'ingest read admin',
  });
  return (route.handledBy === 'api' ? api : classify)(event, aContext());
}

const mediaOf = (type: string) => type.split(';', 1)[0];

describe('an example of the OpenAPI file', () => {
  it.each(cases)('%s is answered as it says', async (_name, route, example) => {
    const reply = await send(route, example);

    expect([reply.statusCode, reply.statusCode === example.status ? '' : reply.body]).toEqual([example.status, '']);
    const described = route.replies[example.status];
    const type = mediaOf(String(reply.headers?.['content-type']));
    const types = [...(described?.json ? ['application/json'] : []), ...Object.keys(described?.media ?? {})];
    expect(types.map(mediaOf)).toContain(type);
    if (described?.json === undefined || type !== 'application/json') return;
    // What the schema does not name is dropped by it.
    const parsed = described.json.safeParse(bodyOf(reply));
    expect(parsed.error).toBeUndefined();
    expect(parsed.data).toEqual(bodyOf(reply));
  });

  it('is there for every route that has something to be sent or asked', () => {
    const without = routeTable.filter(({ examples, query, body }) => (query || body) && !examples).map(({ id }) => id);

    expect(without.filter((id) => !['rotateKey', 'revokeKey'].includes(id))).toEqual([]);
  });
});
