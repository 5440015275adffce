import { type BucketName, type BucketTopology, buckets, type QueueName } from '../topology.ts';
import type { StoredObject } from './object-table.ts';
import { localRegion } from './signature.ts';

/** The queue that hears of an object's creation, or undefined where the topology tells nobody. */
export function hearingQueue({ bucket, key }: StoredObject): QueueName | undefined {
  const topology: BucketTopology | undefined = isBucket(bucket) ? buckets[bucket] : undefined;
  return topology?.notifies !== undefined && key.startsWith(topology.notifies.prefix)
    ? topology.notifies.queue
    : undefined;
}

const isBucket = (name: string): name is BucketName => Object.hasOwn(buckets, name);

/** The body of an S3 event notification for one object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function createdEvent(object: StoredObject, by: 'Put' | 'CompleteMultipartUpload'): string {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: localRegion,
    eventTime: new Date(object.modifiedMs).toISOString(),
    eventName: `ObjectCreated:${by}`,
    userIdentity: { principalId: 'local' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': object.sequencer, 'x-amz-id-2': object.sequencer },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'laptop',
      bucket: { name: object.bucket, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${object.bucket}` },
      object: {
        key: encodeEventKey(object.key),
        size: object.bytes,
        eTag: object.etag.replaceAll('"', ''),
        sequencer: object.sequencer,
      },
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** As S3 writes keys in events: like a form, a space is `+`; slashes stay. */
const encodeEventKey = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
