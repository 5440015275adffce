import { gzipSync } from 'node:zlib';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueUrl } from '../../infra/local/queues.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { aFolder } from '../factories/a-folder.ts';
import { aCsv, startTestStack, type TestStack } from './a-stack.ts';

const addedColumns = 'target_label,confidence,is_anomaly,anomaly_score,severity,stage,pattern_id,reason';

describe('a file dropped into the bucket', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let stack: TestStack;

  beforeAll(async () => {
    folder = await aFolder();
    stack = await startTestStack(folder.path);
  });
  afterAll(async () => {
    await stack.close();
    await folder[Symbol.asyncDispose]();
  });

  it('becomes a results file with every record in place, and counts that add up', async () => {
    const good = 'User User7 logged in.';
    const rows = [`1,"${good}"`, '2,"a quoted\nnewline, and a comma"', '3', '4,too,many,fields', '', '5,"last one"'];
    await stack.drop('counts +ü.csv', `﻿id,log_message\r\n${rows.join('\r\n')}\r\n`);

    const job = await stack.endedDrop('counts +ü.csv');
    const [header, ...lines] = (await stack.results(job.id)).trimEnd().split('\n');

    expect(job).toMatchObject({ state: 'completed', found: 5, accepted: 3, rejected: 2, failed: 0 });
    expect(sum(job.byCategory)).toBe(3);
    expect(sum(job.byStage)).toBe(3);
    expect(header).toBe(`id,log_message,${addedColumns}`);
    expect(lines[0]).toMatch(/^"1","User User7 logged in\.",User Action,0\.9\d*,false,/);
    expect(lines.join('\n')).toMatch(
      /\n3,.*rejected row 3 \(line 5\).*\n"4",.*rejected row 4 \(line 6\).*\n"5","last one",/,
    );
  });

  it.each([
    ['lines.log', 'kernel: Out of memory: Killed process 4121 (java)\nsshd[3]: Accepted publickey for mara\n', 2],
    ['lines.csv.gz', gzipSync(aCsv(50)), 50],
    ['lines.ndjson', '{"msg":"disk full","app":"db"}\n{"msg":"user a logged in"}\n{"app":"no message"}\n', 3],
    ['semicolons.csv', 'service;message\ndb;"disk; full"\n', 1],
  ])('may be a %s', async (name, content, found) => {
    await stack.drop(name, content);

    const job = await stack.endedDrop(name);

    expect(job).toMatchObject({ state: 'completed', found, failed: 0 });
    expect(job.accepted + job.rejected).toBe(found);
  });

  it.each([
    ['empty.csv', ''],
    ['utf-16.csv', Buffer.from('﻿id,message\n1,hello\n', 'utf16le')],
    ['zip.csv', Buffer.from('504b0304140000000800', 'hex')],
    ['columns.csv', 'alpha,beta\n1,2\n'],
  ])('that cannot be read fails with a reason: %s', async (name, content) => {
    await stack.drop(name, content);

    const job = await stack.endedDrop(name);

    expect(job.state).toBe('failed');
    expect(job.error).toMatch(/\w+ \w+/);
  });

  it('is one job when its event comes twice, and a new one when it is dropped again', async () => {
    await stack.drop('twice.csv', aCsv(10));
    const first = await stack.endedDrop('twice.csv');
    const object = { key: 'incoming/local/twice.csv', sequencer: 'THE-SAME-EVENT' };
    const event = { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'uploads' }, object } }] };
    const sqs = sqsOf(stack);
    const QueueUrl = queueUrl(stack.endpoint, 'uploads');

    for (const MessageBody of [JSON.stringify(event), JSON.stringify(event)]) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    await stack.drop('after.csv', aCsv(10));
    await stack.endedDrop('after.csv');

    const { body } = await stack.call('/v1/jobs');
    const jobs = body.jobs.filter(({ name }: { name: string }) => name === 'twice.csv');
    expect(jobs).toHaveLength(2);
    expect(jobs.map(({ jobId }: { jobId: string }) => jobId)).toContain(first.id);
  });

  it('is judged alike when the worker is killed in the middle', { timeout: 120_000 }, async () => {
    const csv = aCsv(20_000);
    const worker = stack.pool('classify-worker');

    await stack.drop('killed.csv', csv);
    await chunksInWork(stack);
    const victims = worker.pids();
    for (const pid of victims) process.kill(pid, 'SIGKILL');
    const killed = await stack.endedDrop('killed.csv');
    await stack.drop('quiet.csv', csv);
    const quiet = await stack.endedDrop('quiet.csv');

    expect(victims).toHaveLength(1);
    expect(worker.pids()).not.toContain(victims[0]);
    expect(killed).toMatchObject({ state: 'completed', found: 20_000, accepted: 20_000, rejected: 0, failed: 0 });
    expect(killed.byCategory).toEqual(quiet.byCategory);
    expect(await stack.results(killed.id)).toBe(await stack.results(quiet.id));
  });
});

describe('a laptop that was stopped', () => {
  it('has its key and results again, and goes on with what was unfinished', { timeout: 120_000 }, async () => {
    await using folder = await aFolder();
    const first = await startTestStack(folder.path);
    await first.drop('done.csv', aCsv(20));
    const done = await first.endedDrop('done.csv');
    const results = await first.results(done.id);
    await first.drop('unfinished.csv', aCsv(20_000));
    await chunksInWork(first);
    await first.close();

    const second = await startTestStack(folder.path);
    const unfinished = await second.endedDrop('unfinished.csv');

    expect(second.apiKey).toBe(first.apiKey);
    expect(await second.results(done.id)).toBe(results);
    expect(unfinished).toMatchObject({ state: 'completed', found: 20_000, accepted: 20_000 });
    await second.close();
  });
});

/** Waits until the worker has taken chunks and not finished them. */
async function chunksInWork(stack: TestStack): Promise<void> {
  const sqs = sqsOf(stack);
  const AttributeNames = ['ApproximateNumberOfMessagesNotVisible' as const];
  const QueueUrl = queueUrl(stack.endpoint, 'chunks-bulk');
  for (let inFlight = 0; inFlight === 0; ) {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    inFlight = Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
  }
}

const sqsOf = ({ endpoint }: TestStack) =>
  new SQSClient({ endpoint, region: localRegion, credentials: localCredentials });

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, value) => total + value, 0);
