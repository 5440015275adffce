import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sample from '../../events/s3-object-created.json' with { type: 'json' };
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/worker.ts';
import { handler as finish } from '../../functions/finish-job/finish-job.ts';
import { handler } from '../../functions/ingest-upload/ingest-upload.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { anSqsEvent } from '../factories/events.ts';
import { aJobId } from '../factories/jobs.ts';
import { textOf } from '../fakes/service.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { runQueues } from './run-queues.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const CSV = 'source,message\nshop,User User1 logged in.\nshop,"Backup\ncompleted successfully."\n';
const drop = (key: string, body: string | Uint8Array = CSV, metadata?: Record<string, string>) =>
  service.objects.put('uploads', key, Buffer.from(body), { metadata });
/** Every job of a tenant of the test's own, newest first. */
const jobsOf = async (tenant: string) => {
  const { jobs } = bodyOf(await api(anApiEvent({ path: '/v1/jobs', scopes: 'read', tenant }), aContext()));
  return jobs;
};
const nothing = { batchItemFailures: [] };

describe('a file dropped into the bucket', () => {
  it('becomes a job with results, whatever its key: `+`, spaces, brackets, non-ASCII', async () => {
    const key = 'incoming/keys/november logs/café + bar [1] 日志 100%.csv';
    await drop(key);

    await runQueues(service);

    const [job] = await jobsOf('keys');
    expect(job).toMatchObject({
      name: 'november logs/café + bar [1] 日志 100%.csv',
      state: 'completed',
      counts: { found: 2, accepted: 2, rejected: 0, failed: 0 },
    });
    const kept = await service.jobs.get('keys', job.jobId);
    const results = kept?.results === undefined ? '' : await textOf(await service.objects.read(kept.results));
    expect(results.split('\n')[0]).toBe(
      'source,message,target_label,confidence,is_anomaly,anomaly_score,severity,stage,pattern_id,reason',
    );
    expect(results).toMatch(/shop"?,"Backup\ncompleted successfully\.",System Notification,/);
  });

  it('is found by the event as S3 writes it, its key encoded like a form', async () => {
    await service.take('uploads');
    const key = 'incoming/acme/november logs/café + bar.csv';
    await drop(key);
    const told = JSON.parse(sample.Records[0]?.body ?? '');
    told.Records[0].s3.bucket.name = 'uploads';
    // The laptop's bucket keeps no versions.
    told.Records[0].s3.object.versionId = undefined;
    const event = { Records: sample.Records.map((record) => ({ ...record, body: JSON.stringify(told) })) };

    expect(await handler(event, aContext())).toEqual(nothing);

    expect(await jobsOf('acme')).toMatchObject([{ name: 'november logs/café + bar.csv', counts: { found: 2 } }]);
  });

  it('is one job when told of twice, and another when it is dropped again', async () => {
    await service.take('uploads');
    await drop('incoming/twice/app.csv');
    const [told = ''] = await service.take('uploads');

    await handler(anSqsEvent(told, told), aContext());
    await service.deliver('chunks-small', classify);
    await service.deliver('finished', finish);
    await handler(anSqsEvent(told), aContext());
    await drop('incoming/twice/app.csv');
    await runQueues(service);

    const jobs = await jobsOf('twice');
    expect(jobs.map(({ state, counts }: { state: string; counts: object }) => ({ state, ...counts }))).toEqual(
      [1, 2].map(() => ({ state: 'completed', found: 2, accepted: 2, rejected: 0, failed: 0 })),
    );
  });

  it.each([
    ['an empty file', 'empty.csv', '', 'empty-file'],
    ['a zip named .csv', 'zip.csv', Buffer.from('504b0304140000000800', 'hex'), 'not-text'],
    ['UTF-16', 'utf16.csv', Buffer.from('\ufeffmessage\nline\n', 'utf16le'), 'utf-16'],
    ['a CSV without a message column', 'columns.csv', 'colour,shape\nred,round\n', 'no-message-column'],
    ['a file of a kind that is not read', 'notes.pdf', '%PDF-1.7', undefined],
  ])('that is %s fails its job with a reason', async (_name, name, body, code) => {
    const tenant = name.replace('.', '-');
    await drop(`incoming/${tenant}/${name}`, body);

    await runQueues(service);

    const [job] = await jobsOf(tenant);
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: code ?? expect.any(String), message: expect.any(String) },
    });
    expect(service.announced.some(({ jobId, state }) => jobId === job.jobId && state === 'failed')).toBe(true);
  });

  it('has the columns that its metadata names', async () => {
    await drop('incoming/metadata/app.csv', 'a;b\nshop;User User1 logged in.\n', {
      'message-column': 'b',
      'source-column': 'a',
    });

    await runQueues(service);

    expect(await jobsOf('metadata')).toMatchObject([{ state: 'completed', byCategory: { 'User Action': 1 } }]);
  });

  it.each(['incoming/app.csv', 'incoming/No Tenant/app.csv', `incoming/acme/_links/${aJobId}/source`])(
    'as %s is nobody’s: said once, without its name, and acknowledged',
    async (key) => {
      await drop(key);
      const before = service.logged.length;

      await runQueues(service);

      const lines = service.logged.slice(before).map((line) => JSON.parse(line));
      expect(lines).toMatchObject([{ level: 'warn', event: 'quarantine', why: expect.any(String) }]);
      expect(service.logged.join()).not.toContain('No Tenant');
    },
  );

  it('is passed over when it is gone or only a folder', async () => {
    await drop('incoming/acme/gone.csv');
    await service.objects.delete('uploads', 'incoming/acme/gone.csv');
    await drop('incoming/acme/folder/', '');
    const before = service.logged.length;

    await service.deliver('uploads', handler);

    const events = service.logged.slice(before).map((line) => JSON.parse(line).event);
    expect(events).toEqual(['ignored', 'ignored']);
  });
});

describe('a message that is not ours', () => {
  it('is acknowledged beside its neighbours, and its body is not logged', async () => {
    const before = service.logged.length;

    const answer = await handler(
      anSqsEvent('a-secret-word', '{"Records":"a-secret-word"}', 'null', '', {
        tenant: 'acme',
        jobId: 'a-secret-word',
      }),
      aContext(),
    );

    expect(answer).toEqual(nothing);
    expect(service.logged.slice(before).map((line) => JSON.parse(line).event)).toEqual(
      Array(5).fill('foreign-message'),
    );
    expect(service.logged.join()).not.toContain('a-secret-word');
  });

  it('may be S3’s own: a test event, an event of another kind, an order for a job that is not there', async () => {
    const removed = {
      Records: [{ eventName: 'ObjectRemoved:Delete', s3: { bucket: { name: 'uploads' }, object: { key: 'k' } } }],
    };
    const order = { tenant: 'acme', jobId: aJobId };

    expect(await handler(anSqsEvent({ Event: 's3:TestEvent' }, removed, order), aContext())).toEqual(nothing);
  });
});
