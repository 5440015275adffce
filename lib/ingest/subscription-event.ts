import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import type { Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { isGzip } from './inflate.ts';

const envelopeSchema = z.object({ awslogs: z.object({ data: z.base64() }) });

const payloadSchema = z.discriminatedUnion('messageType', [
  z.object({ messageType: z.literal('CONTROL_MESSAGE') }),
  z.object({
    messageType: z.literal('DATA_MESSAGE'),
    /** The account that the log group is in. */
    owner: z.string(),
    logGroup: z.string().min(1).max(512),
    logStream: z.string(),
    logEvents: z.array(z.object({ id: z.string(), timestamp: z.number(), message: z.string() })),
  }),
]);

export interface LogEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** One delivery of a CloudWatch Logs subscription. */
export interface LogDelivery {
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

/**
 * Reads a subscription event (base64 of gzip of JSON); undefined for a control message and for one without events.
 * Throws `InvalidInput`: `foreign-event`, `gzip-corrupt`, `gzip-bomb`, `own-log-group` (reading our own logs would feed
 * itself for ever).
 */
export function readSubscriptionEvent(event: unknown, ownLogGroupPrefix: string): LogDelivery | undefined {
  const envelope = envelopeSchema.safeParse(event);
  if (!envelope.success) throw foreign('it has no base64 in awslogs.data', envelope.error);
  const payload = payloadSchema.safeParse(parseJson(unzip(Buffer.from(envelope.data.awslogs.data, 'base64'))));
  if (!payload.success) throw foreign('its content is not as CloudWatch Logs writes it', payload.error);
  if (payload.data.messageType === 'CONTROL_MESSAGE') return undefined;
  const { owner, logGroup, logStream, logEvents: events } = payload.data;
  if (logGroup.startsWith(ownLogGroupPrefix)) {
    throw new InvalidInput('own-log-group', `The log group ${logGroup} is our own; remove its subscription.`);
  }
  return events.length === 0 ? undefined : { owner, logGroup, logStream, events };
}

/** A delivery as NDJSON, one event a line, and its number: 48 bits of the bytes' SHA-256, the same when it comes again. */
export function deliveryToNdjson(delivery: LogDelivery): { body: Buffer; records: number; number: number } {
  const source = delivery.logGroup.slice(0, LIMITS.sourceChars);
  const lines = delivery.events.map(({ id, timestamp, message }) => JSON.stringify({ id, timestamp, message, source }));
  const body = Buffer.from(`${lines.join('\n')}\n`);
  const number = createHash('sha256').update(body).digest().readUIntBE(0, 6);
  return { body, records: lines.length, number };
}

/** How `deliveryToNdjson`'s bytes are read. */
export function deliveryLayout(logGroup: string): Layout {
  return {
    format: 'ndjson',
    columns: { message: 'message', source: 'source', timestamp: 'timestamp' },
    joinContinuations: false,
    defaultSource: logGroup.slice(0, LIMITS.sourceChars),
  };
}

function unzip(bytes: Buffer): string {
  if (!isGzip(bytes)) throw new InvalidInput('gzip-corrupt', 'The subscription event is not gzip.');
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMITS.batchInflatedBytes }).toString();
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new InvalidInput('gzip-bomb', `The event inflates to more than ${LIMITS.batchInflatedBytes} bytes.`);
    }
    throw new InvalidInput('gzip-corrupt', 'The subscription event is not whole gzip.', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw foreign('its content is not JSON', cause);
  }
}

function foreign(why: string, cause: unknown): InvalidInput {
  return new InvalidInput('foreign-event', `This is no CloudWatch Logs subscription event: ${why}.`, { cause });
}
