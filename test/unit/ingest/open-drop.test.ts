import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/domain/job.ts';
import { openDrop } from '../../../lib/ingest/open-drop.ts';
import { aJob, aJobId } from '../../factories/jobs.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryJobStore } from '../../fakes/job-store.ts';
import { memoryObjectStore } from '../../fakes/object-store.ts';

function aStage() {
  const clock = fakeClock();
  const objects = memoryObjectStore(clock, ['uploads']);
  const ports = { objects, jobs: memoryJobStore(), clock, pins: async () => aJob().pins };
  const drop = async (key: string, body = 'message\nx\n', metadata = {}) => {
    const put = await objects.put('uploads', key, body, { metadata });
    const dropped = { bucket: 'uploads', key, version: put?.version, stamp: put?.version ?? '' };
    return { dropped, opened: await openDrop(ports, dropped) };
  };
  return { ports, drop };
}

const linkKey = `incoming/acme/_links/${aJobId}/app.csv`;
const waiting = (): Job => ({ ...aJob({ state: 'awaiting-upload' }), layout: undefined });

describe('opening a drop', () => {
  it('makes a running job of what lies there, its metadata in what is wanted', async () => {
    const { ports, drop } = aStage();

    const { opened } = await drop('incoming/acme/logs/app.csv', 'text\nx\n', { 'message-column': 'text' });

    if (opened.kind !== 'job') throw new Error(opened.kind);
    expect(opened.job).toMatchObject({
      ...{ tenant: 'acme', kind: 'upload', name: 'logs/app.csv', state: 'running' },
      wanted: { columns: { message: 'text' } },
      source: { bucket: 'uploads', key: 'incoming/acme/logs/app.csv', bytes: 7 },
    });
    expect(await ports.jobs.get('acme', opened.job.id)).toMatchObject({ name: 'logs/app.csv' });
  });

  it('the same event twice is one job; the same file dropped twice is two', async () => {
    const { ports, drop } = aStage();
    const first = await drop('incoming/acme/app.csv');

    const again = await openDrop(ports, first.dropped);
    const second = await drop('incoming/acme/app.csv');

    expect(again).toEqual(first.opened);
    if (first.opened.kind !== 'job' || second.opened.kind !== 'job') throw new Error('no jobs');
    expect(second.opened.job.id).not.toBe(first.opened.job.id);
  });

  it('a drop whose metadata cannot be read has a job to be refused with the reason', async () => {
    const { ports, drop } = aStage();

    const { opened } = await drop('incoming/acme/app.csv', 'x', { format: 'xml' });

    if (opened.kind !== 'refused') throw new Error(opened.kind);
    expect(opened.error.code).toBe('metadata');
    expect(await ports.jobs.get('acme', opened.job.id)).toBeDefined();
  });

  it("what is nobody's goes to quarantine; folders and what is gone are ignored", async () => {
    const { ports, drop } = aStage();

    expect((await drop('incoming/x.csv')).opened.kind).toBe('quarantine');
    expect((await drop('incoming/acme/folder/')).opened.kind).toBe('ignored');
    expect(await openDrop(ports, { bucket: 'uploads', key: 'incoming/acme/none.csv', stamp: '' })).toMatchObject({
      kind: 'ignored',
    });
  });
});

describe('opening a presigned upload', () => {
  it('gives its source to the job that waits for it', async () => {
    const { ports, drop } = aStage();
    await ports.jobs.create(waiting());

    const { opened, dropped } = await drop(linkKey);

    if (opened.kind !== 'job') throw new Error(opened.kind);
    expect(opened.job).toMatchObject({ id: aJobId, state: 'awaiting-upload', source: { key: linkKey, bytes: 10 } });
    expect(await openDrop(ports, dropped)).toEqual(opened);
  });

  it('a second object under the same link is not read', async () => {
    const { ports, drop } = aStage();
    await ports.jobs.create(waiting());
    await drop(linkKey);

    expect((await drop(linkKey, 'message\nother\n')).opened).toEqual({
      kind: 'ignored',
      why: 'the link was used before',
    });
  });

  it('a link of no job goes to quarantine, one of a job that is over is ignored', async () => {
    const { ports, drop } = aStage();
    expect((await drop(linkKey)).opened.kind).toBe('quarantine');
    await ports.jobs.create({ ...waiting(), state: 'failed' });

    expect((await drop(linkKey)).opened).toEqual({ kind: 'ignored', why: 'the job is over' });
  });
});
