import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aFolder } from '../../factories/a-folder.ts';
import { startLocalEmulators } from './local-emulators.ts';

describe('the laptop S3', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let local: Awaited<ReturnType<typeof startLocalEmulators>>;
  let nowMs = Date.now();

  beforeAll(async () => {
    folder = await aFolder();
    local = await startLocalEmulators(folder.path, () => nowMs);
  });
  afterAll(async () => {
    await local.close();
    await folder[Symbol.asyncDispose]();
  });

  const put = (Key: string, Body: string | Uint8Array, Bucket = 'data') =>
    local.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const text = async (Key: string, Range?: string) => {
    const { Body } = await local.s3.send(new GetObjectCommand({ Bucket: 'data', Key, Range }));
    return Body?.transformToString();
  };
  const receive = async (queue = 'uploads') => {
    const command = new ReceiveMessageCommand({ QueueUrl: local.queue(queue), MaxNumberOfMessages: 10 });
    return ((await local.sqs.send(command)).Messages ?? []).map(({ Body = '' }) => JSON.parse(Body));
  };

  it.each(['plain', 'a key with + and spaces', 'grüße/日本 ü.csv', 'a//b', '../up', 'quotes\'"&<>', 'k'.repeat(1024)])(
    'keeps an object under the key %j',
    async (key) => {
      await put(key, `body of ${key}`);

      expect(await text(key)).toBe(`body of ${key}`);
    },
  );

  it('gives metadata that is not ASCII back as S3 does, as an encoded word', async () => {
    const headers = {
      'x-amz-meta-message-column': Buffer.from('größe').toString('latin1'),
      'x-amz-meta-source': 'web',
    };

    await fetch(`${local.endpoint}/data/described`, { method: 'PUT', body: 'x', headers });

    const { Metadata } = await local.s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'described' }));
    expect(Metadata).toEqual({ 'message-column': '=?UTF-8?B?Z3LDtsOfZQ==?=', source: 'web' });
  });

  it('keeps nothing of an upload whose client goes away, and says nothing of it', async () => {
    const said = vi.spyOn(console, 'error');
    const client = connect(Number(new URL(local.endpoint).port), '127.0.0.1');

    client.write('PUT /data/broken-off HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nthe beginning');
    await sleep(100);
    client.destroy();
    await sleep(100);

    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
    await expect(text('broken-off')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('keeps the metadata and content type, and counts bytes', async () => {
    const Metadata = { 'logsieve-message': 'msg' };
    const target = { Bucket: 'data', Key: 'with-metadata' };
    await local.s3.send(new PutObjectCommand({ ...target, Body: 'ü', ContentType: 'text/csv', Metadata }));

    const head = await local.s3.send(new HeadObjectCommand(target));

    expect(head).toMatchObject({ Metadata, ContentType: 'text/csv', ContentLength: 2 });
  });

  it('takes the framing and checksum of a streamed body off', async () => {
    const Body = randomBytes(300_000);
    await local.s3WithChecksums.send(new PutObjectCommand({ Bucket: 'data', Key: 'framed', Body }));

    const { Body: kept } = await local.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'framed' }));

    expect(Buffer.from((await kept?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
  });

  it('refuses a body whose checksum is another one', async () => {
    const wrong = new PutObjectCommand({ Bucket: 'data', Key: 'wrong', Body: 'a', ChecksumCRC32: 'AAAAAA==' });

    await expect(local.s3.send(wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(text('wrong')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each([
    ['bytes=2-4', 'cde'],
    ['bytes=7-', 'hij'],
    ['bytes=-2', 'ij'],
    ['bytes=8-99', 'ij'],
  ])('serves the range %s', async (range, expected) => {
    await put('letters', 'abcdefghij');

    expect(await text('letters', range)).toBe(expected);
  });

  it('refuses a range that begins behind the end', async () => {
    await put('letters', 'abcdefghij');

    await expect(text('letters', 'bytes=10-12')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('reads only the object that was meant', async () => {
    const target = { Bucket: 'data', Key: 'changing' };
    const { ETag: first } = await put('changing', 'one');
    await put('changing', 'two');

    const read = local.s3.send(new GetObjectCommand({ ...target, IfMatch: first }));

    await expect(read).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  });

  it('writes only where there is nothing when asked to', async () => {
    const command = () => new PutObjectCommand({ Bucket: 'data', Key: 'once', Body: 'x', IfNoneMatch: '*' });

    const outcomes = await Promise.allSettled([1, 2, 3].map(() => local.s3.send(command())));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('lists in the order of the bytes, page by page, folder by folder', async () => {
    const keys = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/ä', 'list/日'];
    for (const key of keys.toReversed()) await put(key, 'x');
    const command = { Bucket: 'data', Prefix: 'list/', MaxKeys: 4 };

    const first = await local.s3.send(new ListObjectsV2Command(command));
    const token = first.NextContinuationToken;
    const second = await local.s3.send(new ListObjectsV2Command({ ...command, ContinuationToken: token }));
    const folders = await local.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'list/', Delimiter: '/' }));

    expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key)).toEqual(keys);
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'list/b/' }]);
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['list/a', 'list/c', 'list/ä', 'list/日']);
  });

  it('deletes one, or many', async () => {
    for (const key of ['gone/1', 'gone/2', 'gone/3']) await put(key, 'x');

    await local.s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: 'gone/1' }));
    const Objects = [{ Key: 'gone/2' }, { Key: 'gone/3' }];
    await local.s3.send(new DeleteObjectsCommand({ Bucket: 'data', Delete: { Objects } }));

    expect((await local.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'gone/' }))).KeyCount).toBe(0);
  });

  it('names its buckets, and refuses others', async () => {
    const { Buckets = [] } = await local.s3.send(new ListBucketsCommand({}));

    expect(Buckets.map(({ Name }) => Name)).toEqual(['uploads', 'data']);
    await expect(put('k', 'x', 'nowhere')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('answers 501 to what it cannot do, and leaves the object as it is', async () => {
    await put('tagged', 'the body');
    const tag = new PutObjectTaggingCommand({ Bucket: 'data', Key: 'tagged', Tagging: { TagSet: [] } });

    await expect(local.s3.send(tag)).rejects.toMatchObject({ name: 'NotImplemented' });
    expect(await text('tagged')).toBe('the body');
  });

  describe('multipart uploads', () => {
    const target = { Bucket: 'data', Key: 'parts' };
    const part = (fill: string, bytes = 5 * 1024 * 1024) => Buffer.alloc(bytes, fill);
    const begin = async () => (await local.s3.send(new CreateMultipartUploadCommand(target))).UploadId;
    const send = (UploadId: string | undefined, PartNumber: number, Body: Uint8Array) =>
      local.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
    const complete = async (UploadId: string | undefined) => {
      const { Parts } = await local.s3.send(new ListPartsCommand({ ...target, UploadId }));
      return local.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    };

    it('become one object, whose ranges run across parts', async () => {
      const id = await begin();
      await send(id, 2, part('b', 3));
      await send(id, 1, part('x'));
      await send(id, 1, part('a'));

      const { ETag } = await complete(id);

      expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
      expect(await text('parts', `bytes=${5 * 1024 * 1024 - 2}-`)).toBe('aabbb');
      await expect(complete(id)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    });

    it('refuse a small part that is not the last', async () => {
      const id = await begin();
      await send(id, 1, part('a', 100));
      await send(id, 2, part('b', 100));

      await expect(complete(id)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    });

    it('can be aborted, and lists those that are open', async () => {
      const id = await begin();
      const open = await local.s3.send(new ListMultipartUploadsCommand({ Bucket: 'data' }));
      await local.s3.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }));

      expect(open.Uploads?.map(({ UploadId }) => UploadId)).toContain(id);
      await expect(send(id, 1, part('a', 1))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    });
  });

  describe('notifications', () => {
    it('tell the queue of the prefix, with the key as in a form', async () => {
      await put('incoming/acme/a +ü.csv', 'x,y', 'uploads');
      await put('elsewhere/b.csv', 'x,y', 'uploads');

      const events = await receive();

      expect(events).toHaveLength(1);
      expect(events[0].Records[0]).toMatchObject({
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'uploads' }, object: { key: 'incoming/acme/a+%2B%C3%BC.csv', size: 3 } },
      });
    });

    it('differ when the same file is dropped again', async () => {
      await put('incoming/acme/twice.csv', 'x', 'uploads');
      await put('incoming/acme/twice.csv', 'x', 'uploads');

      const sequencers = (await receive()).map((event) => event.Records[0].s3.object.sequencer);

      expect(new Set(sequencers).size).toBe(2);
      expect(sequencers).toEqual(sequencers.toSorted());
    });
  });

  describe('presigned links', () => {
    const link = (seconds = 60) => {
      const command = new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'incoming/acme/li nk+.csv',
        ContentLength: 5,
        IfNoneMatch: '*',
      });
      const signableHeaders = new Set(['host', 'content-length', 'if-none-match']);
      return getSignedUrl(local.s3, command, { expiresIn: seconds, signableHeaders });
    };
    const send = async (url: string, body: string, headers = { 'if-none-match': '*' }) => {
      const response = await fetch(url, { method: 'PUT', body, headers });
      return [response.status, /<Code>(\w+)/.exec(await response.text())?.[1]];
    };

    it('write what was signed, once', async () => {
      const url = await link();

      expect(await send(url, '12345', { 'if-none-match': 'other' })).toEqual([403, 'SignatureDoesNotMatch']);
      expect(await send(url, '123456')).toEqual([403, 'SignatureDoesNotMatch']);
      expect(await send(url.replace('acme', 'evil'), '12345')).toEqual([403, 'SignatureDoesNotMatch']);
      expect(await send(url, '12345')).toEqual([200, undefined]);
      expect(await send(url, '12345')).toEqual([412, 'PreconditionFailed']);
    });

    it('expire', async () => {
      const url = await link(30);
      // Signed by the clock of the machine, which went on since the file began.
      nowMs = Date.now() + 31_000;

      expect(await send(url, '12345')).toEqual([403, 'AccessDenied']);
    });

    it('serve a file under the name asked for', async () => {
      await put('download', 'body');
      const ResponseContentDisposition = 'attachment; filename="results.csv"';
      const command = new GetObjectCommand({ Bucket: 'data', Key: 'download', ResponseContentDisposition });

      const response = await fetch(await getSignedUrl(local.s3, command, { expiresIn: 60 }));

      expect(response.headers.get('content-disposition')).toBe(ResponseContentDisposition);
      expect(await response.text()).toBe('body');
    });
  });

  /** As after a page has pointed its own name at 127.0.0.1. */
  const statusUnderName = (host: string) =>
    new Promise((resolve) => get(local.endpoint, { headers: { host } }, ({ statusCode }) => resolve(statusCode)));

  it('takes an unsigned file from curl, but nothing from a web page', async () => {
    const url = `${local.endpoint}/data/from-curl`;
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200);
    expect((await fetch(url, { method: 'PUT', body: 'x', headers: { origin: 'https://evil.example' } })).status).toBe(
      403,
    );
    expect(await statusUnderName('evil.example')).toBe(403);
  });
});

describe('the laptop S3 after a restart', () => {
  it('has its objects, open uploads and untold events again', async () => {
    await using folder = await aFolder();
    const before = await startLocalEmulators(folder.path);
    const target = { Bucket: 'data', Key: 'parts' };
    const { UploadId } = await before.s3.send(new CreateMultipartUploadCommand(target));
    await before.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }));
    await before.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'incoming/acme/a.csv', Body: 'x' }));
    await before.close();

    const after = await startLocalEmulators(folder.path);
    const { Parts } = await after.s3.send(new ListPartsCommand({ ...target, UploadId }));
    const object = await after.s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'incoming/acme/a.csv' }));
    const { Messages = [] } = await after.sqs.send(new ReceiveMessageCommand({ QueueUrl: after.queue('uploads') }));

    expect(Parts).toHaveLength(1);
    expect(await object.Body?.transformToString()).toBe('x');
    expect(Messages).toHaveLength(1);
    await after.close();
  });
});
