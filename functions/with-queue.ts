import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { LogsieveError } from '../lib/domain/errors.ts';
import { errorToFields } from '../lib/log.ts';
import type { Log } from '../lib/ports.ts';

/** What a message's work comes to: nothing (done), or `later` (put it back: there was no time to begin). */
export type MessageOutcome = undefined | 'later';

/**
 * The Lambda handler of a queue. Messages are parsed one by one, so that a bad body never fails its neighbours:
 * `invalid` is logged and acknowledged, anything else returns the message's id, so that it comes again and in the
 * end reaches the dead-letter queue.
 */
export function withQueue<Schema extends z.ZodType>(
  schema: Schema,
  handle: (body: z.infer<Schema>, context: Context, record: SQSRecord) => Promise<MessageOutcome>,
  options: { log: Log; flush?: () => Promise<void> },
) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const done = await handleRecord(record, context, schema, handle, options.log);
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    await options.flush?.();
    return { batchItemFailures };
  };
}

async function handleRecord<Schema extends z.ZodType>(
  record: SQSRecord,
  context: Context,
  schema: Schema,
  handle: (body: z.infer<Schema>, context: Context, record: SQSRecord) => Promise<MessageOutcome>,
  log: Log,
): Promise<boolean> {
  const body = schema.safeParse(parseBody(record.body));
  if (!body.success) {
    log('warn', 'foreign-message', { messageId: record.messageId, issue: body.error.issues[0]?.path.join('.') });
    return true;
  }
  try {
    return (await handle(body.data, context, record)) !== 'later';
  } catch (error) {
    const isInvalid = error instanceof LogsieveError && error.kind === 'invalid';
    log(isInvalid ? 'warn' : 'error', 'message-failed', {
      messageId: record.messageId,
      receives: Number(record.attributes.ApproximateReceiveCount),
      ...errorToFields(error),
    });
    return isInvalid;
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
