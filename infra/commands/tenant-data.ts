import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { inParallel } from '../../lib/in-parallel.ts';
import type { StackOutputs } from './stack-outputs.ts';

export interface TenantCounts {
  readonly items: number;
  readonly objects: number;
}

/**
 * Deletes all that is stored of a tenant, or only counts it: every item whose partition begins with the tenant, its keys,
 * and every version of its objects. Keys go first, so that nothing new comes in by the API; what writes by IAM (drops,
 * subscriptions) is to be stopped before. May be run again until it counts nothing.
 */
export async function deleteTenant(
  { dynamo, s3 }: { dynamo: DynamoDBClient; s3: S3Client },
  stack: StackOutputs,
  tenant: string,
  { countOnly }: { countOnly: boolean },
): Promise<TenantCounts> {
  let items = 0;
  for (const table of [stack.AccessTable, stack.JobsTable, stack.PagesTable, stack.CacheTable, stack.CountersTable]) {
    items += await deleteItems(dynamo, table, tenant, countOnly);
  }
  const objects =
    (await deleteObjects(s3, stack.UploadsBucket, `incoming/${tenant}/`, countOnly)) +
    (await deleteObjects(s3, stack.DataBucket, `${tenant}/`, countOnly));
  return { items, objects };
}

const AT_ONCE = 25;

/** By a scan: a table knows its partitions and not whose they are. A key's item begins with its hash and names its tenant. */
async function deleteItems(dynamo: DynamoDBClient, table: string, tenant: string, countOnly: boolean): Promise<number> {
  const pages = paginateScan(
    { client: dynamo },
    {
      TableName: table,
      ProjectionExpression: 'pk, sk',
      FilterExpression: 'begins_with(pk, :own) OR (begins_with(pk, :key) AND tenant = :tenant)',
      ExpressionAttributeValues: { ':own': { S: `${tenant}#` }, ':key': { S: '#key#' }, ':tenant': { S: tenant } },
      ConsistentRead: true,
    },
  );
  let found = 0;
  for await (const { Items = [] } of pages) {
    found += Items.length;
    if (countOnly) continue;
    await inParallel(Items, AT_ONCE, async ({ pk, sk }) => {
      if (pk !== undefined && sk !== undefined)
        await dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
    });
  }
  return found;
}

async function deleteObjects(s3: S3Client, bucket: string, prefix: string, countOnly: boolean): Promise<number> {
  let found = 0;
  for await (const Objects of versionsUnder(s3, bucket, prefix)) {
    found += Objects.length;
    if (countOnly || Objects.length === 0) continue;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0)
      throw new Error(`${Errors.length} objects of ${bucket} could not be deleted: ${Errors[0]?.Code}`);
  }
  return found;
}

async function* versionsUnder(s3: S3Client, bucket: string, prefix: string) {
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    const asked: ListObjectVersionsCommandInput = { Bucket: bucket, Prefix: prefix, ...from };
    const page: ListObjectVersionsCommandOutput = await s3.send(new ListObjectVersionsCommand(asked));
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
}
