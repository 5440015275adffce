import { afterAll, describe, expect, it } from 'vitest';
import { s3LinkSigner } from '../../lib/aws/link-signer.ts';
import { s3ObjectStore } from '../../lib/aws/object-store.ts';
import type { LinkSigner } from '../../lib/ports.ts';
import { fakeLinkSigner } from '../fakes/link-signer.ts';
import { textOf } from '../fakes/service.ts';
import { lacks, place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
const adapters: Record<string, () => Promise<LinkSigner>> = {
  fake: async () => fakeLinkSigner(),
  [`s3 on ${place}`]: async () => s3LinkSigner((await laptop.open()).clients.s3),
};

describe.each(Object.entries(adapters))('link signer: %s', (_name, open) => {
  it('makes links of every kind, each to its own object', async () => {
    const links = await open();

    const urls = [
      await links.get('data', 'acme/results.csv', { seconds: 60, fileName: 'r.csv' }),
      (await links.put('uploads', 'incoming/acme/_links/a/source', { seconds: 60, bytes: 5 })).url,
      await links.part('uploads', 'incoming/acme/_links/b/source', 'upload-1', { part: 3, bytes: 5, seconds: 60 }),
    ];

    expect(urls.map((url) => new URL(url).pathname)).toEqual([
      expect.stringMatching(/data\/acme\/results\.csv$/),
      expect.stringMatching(/uploads\/incoming\/acme\/_links\/a\/source$/),
      expect.stringMatching(/uploads\/incoming\/acme\/_links\/b\/source$/),
    ]);
  });
});

describe('links to S3, used without credentials', () => {
  const open = async () => {
    const { s3 } = (await laptop.open()).clients;
    return { links: s3LinkSigner(s3), objects: s3ObjectStore(s3) };
  };

  it('write exactly so many bytes, and never over another object', async ({ skip }) => {
    skip(lacks('signed-lengths'), `${place} does not hold a link to the length it was signed for`);
    const { links, objects } = await open();
    const { url, headers } = await links.put('uploads', 'incoming/acme/once', { seconds: 60, bytes: 5 });
    const put = (body: string, given: Record<string, string> = headers) =>
      fetch(url, { method: 'PUT', body, headers: { ...given, 'content-length': String(body.length) } });

    const statuses = [
      (await put('hello!')).status,
      (await put('hello', { 'content-length': '5' })).status,
      (await put('hello')).status,
      (await put('other')).status,
    ];

    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;if-none-match');
    expect(statuses).toEqual([403, 403, 200, 412]);
    expect(await textOf(await objects.read({ bucket: 'uploads', key: 'incoming/acme/once' }))).toBe('hello');
  });

  it('read an object under the name given, however it is spelt', async ({ skip }) => {
    skip(lacks('reply-headers'), `${place} does not answer with the headers that a link asks for`);
    const { links, objects } = await open();
    await objects.put('data', 'acme/results.csv', 'a,b\n');

    const url = await links.get('data', 'acme/results.csv', { seconds: 60, fileName: 'Ünsere "Datei" (1).csv' });
    const answer = await fetch(url);

    expect(await answer.text()).toBe('a,b\n');
    expect(answer.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%9Cnsere%20%22Datei%22%20%281%29.csv",
    );
  });

  it('write a part of a multipart upload, of exactly so many bytes', async ({ skip }) => {
    skip(lacks('signed-lengths'), `${place} does not hold a link to the length it was signed for`);
    const { links, objects } = await open();
    const upload = await objects.createMultipart('uploads', 'incoming/acme/parts', 'application/octet-stream');
    const url = await links.part('uploads', 'incoming/acme/parts', upload, { part: 1, bytes: 8, seconds: 60 });

    const longer = await fetch(url, { method: 'PUT', body: 'part one!' });
    const answer = await fetch(url, { method: 'PUT', body: 'part one' });

    expect([longer.status, answer.status]).toEqual([403, 200]);
    expect(await objects.completeMultipart('uploads', 'incoming/acme/parts', upload, { parts: 1, bytes: 8 })).toBe(
      true,
    );
  });
});
