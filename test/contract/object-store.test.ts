import { afterAll, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../lib/aws/object-store.ts';
import type { ObjectStore } from '../../lib/ports.ts';
import { fakeClock } from '../fakes/clock.ts';
import { memoryObjectStore } from '../fakes/object-store.ts';
import { lacks, place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);

const adapters: Record<string, () => Promise<ObjectStore>> = {
  memory: async () => memoryObjectStore(fakeClock(), ['uploads']),
  [`s3 on ${place}`]: async () => s3ObjectStore((await laptop.open()).clients.s3),
};

const MiB = 1024 * 1024;
async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const blocks: Uint8Array[] = [];
  for await (const block of bytes) blocks.push(block);
  return Buffer.concat(blocks).toString('utf8');
}

describe.each(Object.entries(adapters))('object store: %s', (name, open) => {
  it('reads back what was put, whole and in ranges', async () => {
    const store = await open();

    const written = await store.put('data', 'acme/a b+ü.txt', 'hello world', { metadata: { tone: 'warm' } });

    const ref = { bucket: 'data', key: 'acme/a b+ü.txt', etag: written?.etag };
    expect(await textOf(await store.read(ref))).toBe('hello world');
    expect(await textOf(await store.read(ref, { start: 6, end: 9 }))).toBe('wor');
    expect(await textOf(await store.read(ref, { start: 6, end: 6 }))).toBe('');
    expect(await store.head(ref)).toMatchObject({ bytes: 11, etag: written?.etag, metadata: { tone: 'warm' } });
  });

  it('says that a missing object is missing', async () => {
    const store = await open();

    await expect(store.read({ bucket: 'data', key: 'acme/none' })).rejects.toMatchObject({ code: 'object-missing' });
    expect(await store.head({ bucket: 'data', key: 'acme/none' })).toBeUndefined();
  });

  it('refuses to read an object that was written anew', async () => {
    const store = await open();
    const first = await store.put('data', 'acme/changing', 'one');

    await store.put('data', 'acme/changing', 'other');

    const ref = { bucket: 'data', key: 'acme/changing', etag: first?.etag };
    await expect(store.read(ref)).rejects.toMatchObject({ code: 'object-changed', kind: 'invalid' });
  });

  it('still reads a version that another was written over, where the bucket keeps versions', async ({ skip }) => {
    const store = await open();
    const first = await store.put('uploads', 'acme/versions', 'one');
    skip(
      first?.version === undefined,
      "the laptop's buckets keep no versions: an object written anew is refused by its etag",
    );
    await store.put('uploads', 'acme/versions', 'other');

    const text = await textOf(await store.read({ bucket: 'uploads', key: 'acme/versions', ...first }));

    expect(text).toBe('one');
  });

  it('puts only if absent when asked', async () => {
    const store = await open();

    const first = await store.put('data', 'acme/once', 'one', { ifAbsent: true });
    const second = await store.put('data', 'acme/once', 'other', { ifAbsent: true });

    expect(first?.etag).toBeTruthy();
    expect(second).toBeUndefined();
    expect(await textOf(await store.read({ bucket: 'data', key: 'acme/once' }))).toBe('one');
  });

  it('lists a prefix in the order of keys, after a key', async () => {
    const store = await open();
    for (const key of ['list/c', 'list/a', 'list/b', 'other/a']) await store.put('data', key, key);

    const all = await store.list('data', 'list/');
    const rest = await store.list('data', 'list/', 'list/a');

    expect(all.map(({ key, bytes }) => ({ key, bytes }))).toEqual([
      { key: 'list/a', bytes: 6 },
      { key: 'list/b', bytes: 6 },
      { key: 'list/c', bytes: 6 },
    ]);
    expect(rest.map(({ key }) => key)).toEqual(['list/b', 'list/c']);
  });

  it('deletes, and deletes what is not there', async () => {
    const store = await open();
    await store.put('data', 'acme/gone', 'x');

    await store.delete('data', 'acme/gone');
    await store.delete('data', 'acme/gone');

    expect(await store.head({ bucket: 'data', key: 'acme/gone' })).toBeUndefined();
  });

  it('joins parts in the order of their numbers, the last writer of a part standing', async () => {
    const store = await open();
    const first = Buffer.alloc(5 * MiB, 'a');
    const upload = await store.createMultipart('data', 'acme/parts', 'text/csv');

    await store.putPart('data', 'acme/parts', upload, 2, Buffer.from('end'));
    await store.putPart('data', 'acme/parts', upload, 1, Buffer.alloc(5 * MiB, 'b'));
    await store.putPart('data', 'acme/parts', upload, 1, first);
    const completed = await store.completeMultipart('data', 'acme/parts', upload, { parts: 2, bytes: 5 * MiB + 3 });

    expect(completed).toBe(true);
    expect(await textOf(await store.read({ bucket: 'data', key: 'acme/parts' }))).toBe(`${first}end`);
  });

  it('says that an upload is gone', async ({ skip }) => {
    const store = await open();
    skip(name !== 'memory' && lacks('aborted-uploads'), `${place} fails on a part of an upload that was aborted`);
    const upload = await store.createMultipart('data', 'acme/aborted', 'text/csv');

    await store.abortMultipart('data', 'acme/aborted', upload);
    await store.abortMultipart('data', 'acme/aborted', upload);

    expect(await store.putPart('data', 'acme/aborted', upload, 1, Buffer.from('x'))).toBe(false);
    expect(await store.completeMultipart('data', 'acme/aborted', upload)).toBe(false);
  });

  it('refuses to complete an upload whose parts are not as expected', async () => {
    const store = await open();
    const upload = await store.createMultipart('data', 'acme/short', 'text/csv');
    await store.putPart('data', 'acme/short', upload, 1, Buffer.from('abc'));

    const completing = store.completeMultipart('data', 'acme/short', upload, { bytes: 4 });

    await expect(completing).rejects.toMatchObject({ code: 'upload-incomplete', status: 409 });
  });
});
