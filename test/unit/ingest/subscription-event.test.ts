import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import { readRows } from '../../../lib/ingest/row-reader.ts';
import { deliveryLayout, deliveryToNdjson, readSubscriptionEvent } from '../../../lib/ingest/subscription-event.ts';

const payload = {
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: '/aws/ecs/web',
  logStream: 'a/b',
  subscriptionFilters: ['logsieve'],
  logEvents: [
    { id: '1', timestamp: 1_700_000_000_000, message: 'plain\nwith a newline' },
    { id: '2', timestamp: 1_700_000_000_001, message: 'lone \uD800 surrogate and \0', extractedFields: {} },
  ],
};
const eventOf = (content: unknown) => ({
  awslogs: { data: gzipSync(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64') },
});
const read = (event: unknown) => readSubscriptionEvent(event, '/aws/lambda/logsieve-');
function refusal(event: unknown): string {
  try {
    read(event);
  } catch (error) {
    if (error instanceof InvalidInput) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('reading a subscription event', () => {
  it('gives owner, group, stream and events', () => {
    expect(read(eventOf(payload))).toMatchObject({
      ...{ owner: '123456789012', logGroup: '/aws/ecs/web', logStream: 'a/b' },
      events: [{ id: '1' }, { id: '2', timestamp: 1_700_000_000_001 }],
    });
  });

  it('ignores control messages and deliveries without events', () => {
    expect(read(eventOf({ ...payload, messageType: 'CONTROL_MESSAGE' }))).toBeUndefined();
    expect(read(eventOf({ ...payload, logEvents: [] }))).toBeUndefined();
  });

  it('refuses our own log groups', () => {
    expect(refusal(eventOf({ ...payload, logGroup: '/aws/lambda/logsieve-worker' }))).toBe('own-log-group');
  });

  it.each([
    ['is not gzip', { awslogs: { data: Buffer.from('hello').toString('base64') } }, 'gzip-corrupt'],
    ['is cut off', { awslogs: { data: gzipSync('{}').subarray(0, 12).toString('base64') } }, 'gzip-corrupt'],
    ['is not base64', { awslogs: { data: '***' } }, 'foreign-event'],
    ['is something else', { Records: [] }, 'foreign-event'],
    ['is nothing', undefined, 'foreign-event'],
    ['holds no JSON', eventOf('hello'), 'foreign-event'],
    ['holds other JSON', eventOf({ messageType: 'OTHER' }), 'foreign-event'],
    ['is a bomb', eventOf(' '.repeat(33 * 1024 * 1024)), 'gzip-bomb'],
  ])('a subscription event that %s is refused', (_, event, code) => {
    expect(refusal(event)).toBe(code);
  });
});

describe('a delivery as NDJSON', () => {
  it('is one record an event, read back with the group as source', async () => {
    const delivery = read(eventOf(payload));
    if (delivery === undefined) throw new Error('no delivery');

    const { body, records } = deliveryToNdjson(delivery);

    const rows = [];
    const bytes = (async function* () {
      yield body;
    })();
    for await (const batch of readRows(deliveryLayout(delivery.logGroup), bytes, { row: 1, line: 1 }))
      rows.push(...batch);
    expect(rows).toHaveLength(records);
    expect(rows[0]).toMatchObject({
      record: { source: '/aws/ecs/web', message: 'plain\nwith a newline', timestamp: '1700000000000' },
    });
    expect(rows[1]).toMatchObject({ record: { message: 'lone \uD800 surrogate and \0' } });
  });

  it('has a number of 48 bits that is the same when it comes again', () => {
    const numbers = [payload, payload, { ...payload, logEvents: payload.logEvents.slice(1) }].map((each) => {
      const delivery = read(eventOf(each));
      return delivery === undefined ? 0 : deliveryToNdjson(delivery).number;
    });

    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[2]).not.toBe(numbers[0]);
    expect(numbers[0]).toBeLessThan(2 ** 48);
    expect(Number.isSafeInteger(numbers[0])).toBe(true);
  });
});
