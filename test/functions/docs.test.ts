import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { ASSETS, assetNames } from '../../lib/http/assets.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { type Service, startService } from './a-service.ts';
import { useAssets } from './assets.ts';

let service: Service;
let assets: Awaited<ReturnType<typeof useAssets>>;
beforeAll(async () => {
  service = await startService();
  assets = await useAssets();
});
afterAll(async () => {
  await assets.remove();
  await service.close();
});

const get = (path: string, headers: Record<string, string> = {}) => api(anApiEvent({ path, headers }), aContext());
const textOf = ({ body }: { body: string }) => Buffer.from(body, 'base64').toString();

describe('what the documentation pages load', () => {
  it.each(assetNames)('%s is there for anyone, plain and packed', async (name) => {
    const [plain, packed] = [await get(`/assets/${name}`), await get(`/assets/${name}`, { 'accept-encoding': 'gzip' })];

    expect([plain.statusCode, plain.headers?.['content-type']]).toEqual([200, ASSETS[name]]);
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(Buffer.from(packed.body, 'base64'))).toEqual(Buffer.from(plain.body, 'base64'));
  });

  it.each(['swagger-ui-bundle.js', 'redoc.standalone.js'] as const)(
    '%s comes with the licences that it points to',
    async (name) => {
      const script = textOf(await get(`/assets/${name}`));
      const licences = textOf(await get(`/assets/${name}.LICENSE.txt`));

      expect(script.slice(0, 200)).toContain(`${name}.LICENSE.txt`);
      expect(licences).toMatch(/licen[sc]e/i);
    },
  );

  it('is a ReDoc without its maker’s logo, which lies on a server of theirs', async () => {
    expect(textOf(await get('/assets/redoc.standalone.js'))).not.toContain('cdn.redoc.ly');
  });

  it.each(['../index.mjs', '..%2Findex.mjs', 'page.css.gz', '__proto__'])('is nothing else: %s', async (name) => {
    expect((await get(`/assets/${name}`)).statusCode).toBe(404);
  });
});

describe.each(['/docs', '/docs/', '/redoc', '/redoc/'])('%s', (path) => {
  it('names nothing outside its own service', async () => {
    const { body } = await get(path);
    const addresses = [...body.matchAll(/(?:src|href|data-openapi)="([^"]*)"/g)].map(([, address = '']) => address);

    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(address).toMatch(path.endsWith('/') ? /^\.\.\/\w/ : /^\.\/\w/);
  });
});
