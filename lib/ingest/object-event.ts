import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { jobIdSchema, tenantSchema } from '../domain/job.ts';

/** What S3 says on the uploads queue; only what is read is described. */
export const objectEventSchema = z.union([
  z.object({ Event: z.literal('s3:TestEvent') }),
  z.object({
    Records: z.array(
      z.object({
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({
            key: z.string(),
            versionId: z.string().optional(),
            eTag: z.string().optional(),
            sequencer: z.string().optional(),
          }),
        }),
      }),
    ),
  }),
]);
export type ObjectEvent = z.infer<typeof objectEventSchema>;

/** An object that was written. `stamp` tells one writing of a key from the next: its version, else its sequencer or etag. */
export interface DroppedObject {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
  readonly stamp: string;
}

/** The objects of an event's body (JSON text). S3's test events and other kinds of events hold none. Throws `InvalidInput('foreign-event')`. */
export function parseObjectEvent(body: string): readonly DroppedObject[] {
  const parsed = objectEventSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new InvalidInput('foreign-event', 'The message is no S3 event.', { cause: parsed.error });
  return eventToObjects(parsed.data);
}

export function eventToObjects(event: ObjectEvent): readonly DroppedObject[] {
  if ('Event' in event) return [];
  return event.Records.filter(({ eventName }) => /^(?:s3:)?ObjectCreated:/.test(eventName)).map(({ s3 }) => {
    const { versionId: version, sequencer, eTag, key } = s3.object;
    return { bucket: s3.bucket.name, key: decodeKey(key), version, stamp: version ?? sequencer ?? eTag ?? '' };
  });
}

/** S3 writes keys as HTML forms do: `+` for a space, UTF-8 as %XX. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new InvalidInput('foreign-event', 'The key in the event is not URL-encoded as S3 does it.', { cause });
  }
}

/** Whose an object is by its key: `incoming/{tenant}/{name}`, `incoming/{tenant}/_links/{jobId}/{name}`. */
export type ObjectPlace =
  | { kind: 'drop'; tenant: string; name: string; linkedJobId?: string }
  | { kind: 'folder' }
  | { kind: 'quarantine'; why: string };

export function keyToPlace(key: string): ObjectPlace {
  if (key.endsWith('/')) return { kind: 'folder' };
  const [, tenant, name] = /^incoming\/([^/]+)\/(.+)$/s.exec(key) ?? [];
  if (tenant === undefined || name === undefined) return { kind: 'quarantine', why: 'not under incoming/{tenant}/' };
  if (!tenantSchema.safeParse(tenant).success) return { kind: 'quarantine', why: 'not a tenant' };
  if (!name.startsWith('_links/')) return { kind: 'drop', tenant, name };
  const [, linkedJobId, linkedName] = /^_links\/([^/]+)\/(.+)$/s.exec(name) ?? [];
  if (linkedName === undefined || !jobIdSchema.safeParse(linkedJobId).success) {
    return { kind: 'quarantine', why: 'not a link of ours' };
  }
  return { kind: 'drop', tenant, name: linkedName, linkedJobId };
}

const ID_CHARS = 26;

/** A drop's job id: the same event twice is one job, the same file dropped again is another. 26 of 0-9a-z, 134 bits of SHA-256. */
export function dropJobId(bucket: string, key: string, stamp: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([bucket, key, stamp]))
    .digest('hex');
  return (BigInt(`0x${digest}`) % 36n ** BigInt(ID_CHARS)).toString(36).padStart(ID_CHARS, '0');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
