import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sample from '../../events/cloudwatch-logs-subscription.json' with { type: 'json' };
import { handler as api } from '../../functions/api/api.ts';
import { handler } from '../../functions/ingest-logs/ingest-logs.ts';
import { handler as sweep } from '../../functions/sweep/sweep.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { aDataMessage, aLogsEvent } from '../factories/events.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { clockAt } from './clock-at.ts';
import { runQueues } from './run-queues.ts';

const LOG_GROUPS = JSON.stringify([
  { prefix: '/aws/ecs/', tenant: 'acme', account: '111122223333' },
  { prefix: '/globex/', tenant: 'globex' },
  { prefix: '/', tenant: 'rest', account: '444455556666' },
]);

const MINUTE = 60_000;
const hour = Math.floor(Date.now() / (60 * MINUTE)) * 60 * MINUTE;

let service: Service;
beforeAll(async () => {
  // A job is one hour's: the tests must not run into the next.
  clockAt(hour + 5 * MINUTE);
  service = await startService({ LOG_GROUPS });
});
afterAll(() => service.close());

const take = (content: unknown) => handler(aLogsEvent(content), aContext());
const jobOf = async (jobId: string | undefined, tenant = 'acme') =>
  bodyOf(await api(anApiEvent({ path: `/v1/jobs/${jobId}`, scopes: 'read', tenant }), aContext()));

describe('a subscription’s delivery', () => {
  it('is taken into its log group’s job of this hour, the same delivery once', async () => {
    const first = await handler(sample, aContext());
    const again = await handler(sample, aContext());
    const other = await take(aDataMessage({ messages: ['User User1 logged in.'] }));
    await runQueues(service);

    expect(first).toEqual({ taken: 2, jobId: expect.stringMatching(/^[0-9a-z]{26}$/) });
    expect(again).toEqual(first);
    expect(other.jobId).toBe(first.jobId);
    expect(await jobOf(first.jobId)).toMatchObject({
      kind: 'log-group',
      name: expect.stringMatching(/^\/aws\/ecs\/shop \d{4}-\d\d-\d\dT\d\d$/),
      state: 'running',
      counts: { accepted: 3, rejected: 0 },
    });
  });

  it('ends with its hour: sealed by the sweep, rendered in one pass', async () => {
    const { jobId } = await take(aDataMessage({ logGroup: '/globex/app', messages: ['User User1 logged in.'] }));
    await runQueues(service);

    clockAt(hour + 75 * MINUTE);
    await sweep();
    await runQueues(service);

    expect(await jobOf(jobId, 'globex')).toMatchObject({ state: 'completed', counts: { found: 1, accepted: 1 } });
    expect(service.announced).toMatchObject(expect.arrayContaining([expect.objectContaining({ jobId })]));
  });

  it('belongs to the tenant of the first prefix that fits, in the account that is named', async () => {
    const acme = await take(aDataMessage({ logGroup: '/aws/ecs/a' }));
    const globex = await take(aDataMessage({ logGroup: '/globex/a', owner: '999900001111' }));
    const rest = await take(aDataMessage({ logGroup: '/aws/ecs/a', owner: '444455556666' }));

    expect((await jobOf(acme.jobId, 'acme')).name).toContain('/aws/ecs/a');
    expect((await jobOf(globex.jobId, 'globex')).name).toContain('/globex/a');
    expect((await jobOf(rest.jobId, 'rest')).name).toContain('/aws/ecs/a');
  });

  it.each([
    ['a control message', { messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '', logEvents: [] }],
    ['a delivery without events', aDataMessage({ messages: [] })],
  ])('takes nothing of %s and does not complain', async (_name, content) => {
    const before = service.logged.length;

    expect(await take(content)).toEqual({ taken: 0 });
    expect(service.logged).toHaveLength(before);
  });

  it('refuses one of our own functions’ logs without a word, which would be the next delivery', async () => {
    const before = service.logged.length;

    const outcome = await take(aDataMessage({ logGroup: '/aws/lambda/logsieve-api' }));

    expect(outcome).toEqual({ taken: 0, refused: 'own-log-group' });
    expect(service.logged).toHaveLength(before);
  });

  it.each([
    ['of a log group of nobody', aLogsEvent(aDataMessage({ logGroup: '/else' })), 'log-group-of-nobody'],
    ['of another account', aLogsEvent(aDataMessage({ owner: '999900001111' })), 'log-group-of-nobody'],
    ['that is not gzip', { awslogs: { data: Buffer.from('a-secret-word').toString('base64') } }, 'gzip-corrupt'],
    ['that is gzip of no JSON', { awslogs: { data: gzipSync('a-secret-word').toString('base64') } }, 'foreign-event'],
    ['that is not base64', { awslogs: { data: '%%%' } }, 'foreign-event'],
    ['of another kind', aLogsEvent({ messageType: 'OTHER', message: 'a-secret-word' }), 'foreign-event'],
  ])('refuses one %s: said once, never thrown, nothing of it logged', async (_name, event, code) => {
    const before = service.logged.length;

    const outcome = await handler(event, aContext());

    expect(outcome).toEqual({ taken: 0, refused: expect.any(String) });
    const lines = service.logged.slice(before).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ level: 'warn', event: 'delivery-refused', code }]);
    expect(service.logged.join()).not.toContain('a-secret-word');
  });
});
