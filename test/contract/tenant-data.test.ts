import { createServer } from 'node:http';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteTenant } from '../../infra/commands/tenant-data.ts';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { startLaptop } from './laptop.ts';

const stack = {
  AccessTable: 'access',
  JobsTable: 'jobs',
  PagesTable: 'pages',
  CacheTable: 'cache',
  CountersTable: 'counters',
  UploadsBucket: 'uploads',
  DataBucket: 'data',
};

/** Versions by bucket and key, as S3 lists and deletes them; the laptop's own S3 keeps no versions. */
async function startVersionedS3(versions: Set<string>) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const bucket = url.pathname.split('/')[1] ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      response.writeHead(200, { 'content-type': 'application/xml' });
      if (request.method === 'POST') {
        for (const [, key, version] of body.matchAll(/<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g))
          versions.delete(`${bucket}/${key}@${version}`);
        return void response.end('<DeleteResult/>');
      }
      const under = `${bucket}/${url.searchParams.get('prefix')}`;
      const found = [...versions].filter((each) => each.startsWith(under)).map((each) => each.slice(bucket.length + 1));
      const listed = found
        .map((each) => each.split('@'))
        .map(([key, version]) => {
          return `<Version><Key>${key}</Key><VersionId>${version}</VersionId></Version>`;
        });
      response.end(`<ListVersionsResult><IsTruncated>false</IsTruncated>${listed.join('')}</ListVersionsResult>`);
    });
  });
  return { port: await listen(server, 0), close: () => closeServer(server) };
}

const versions = new Set<string>();
let laptop: Awaited<ReturnType<typeof startLaptop>>;
let bucketServer: Awaited<ReturnType<typeof startVersionedS3>>;
let s3: S3Client;
beforeAll(async () => {
  laptop = await startLaptop();
  bucketServer = await startVersionedS3(versions);
  s3 = new S3Client({ endpoint: `http://127.0.0.1:${bucketServer.port}`, forcePathStyle: true });
});
afterAll(async () => {
  s3.destroy();
  await bucketServer.close();
  await laptop.close();
});

const put = (TableName: string, pk: string, tenant?: string) =>
  laptop.clients.dynamo.send(
    new PutItemCommand({
      TableName,
      Item: { pk: { S: pk }, sk: { S: 'one' }, ...(tenant === undefined ? {} : { tenant: { S: tenant } }) },
    }),
  );
const remove = (tenant: string, countOnly: boolean) =>
  deleteTenant({ dynamo: laptop.clients.dynamo, s3 }, stack, tenant, { countOnly });

describe('deleteTenant', () => {
  it('counts first, then deletes every item, key and version of the tenant, and of no other whose name begins alike', async () => {
    for (const tenant of ['acme', 'acme-2']) {
      await put('jobs', `${tenant}#job`);
      await put('pages', `${tenant}#page`);
      await put('counters', `${tenant}#quota`);
      await put('access', `#key#${tenant}-hash`, tenant);
      versions.add(`uploads/incoming/${tenant}/app.log@1`).add(`uploads/incoming/${tenant}/app.log@2`);
      versions.add(`data/${tenant}/jobs/1/results.csv@null`);
    }

    const counted = await remove('acme', true);
    const deleted = await remove('acme', false);

    expect(counted).toEqual({ items: 4, objects: 3 });
    expect(deleted).toEqual(counted);
    expect(await remove('acme', true)).toEqual({ items: 0, objects: 0 });
    expect(await remove('acme-2', true)).toEqual({ items: 4, objects: 3 });
  });
});
