import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder } from '../factories/a-folder.ts';
import { startTestStack, type TestStack } from './a-stack.ts';

describe('labels of the owner’s own on the laptop stack', () => {
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

  const labels = [
    { name: 'Billing', description: 'payments, invoices and credit cards', examples: ['Payment of invoice 12 failed'] },
    { name: 'Shipping', description: 'parcels, warehouses and deliveries', examples: ['Parcel 12 was delivered'] },
  ];
  const entries = ['Invoice 4711 could not be charged: card declined', 'Parcel 77 left the warehouse for Hamburg'];
  const post = (path: string, body: unknown) => stack.call(path, { method: 'POST', body: JSON.stringify(body) });

  it('sort a request, and a batch into its results file', async () => {
    const now = await post('/v1/classify', { log_entries: entries, labels });
    const batch = await post('/v1/batches', { log_entries: entries, labels });
    const job = await stack.endedJob(batch.body.jobId);

    expect(now.body.summary.byCategory).toEqual({ Billing: 1, Shipping: 1 });
    expect(job).toMatchObject({ state: 'completed', byCategory: { Billing: 1, Shipping: 1 } });
    expect(await stack.results(job.id)).toContain('"target_label":"Shipping"');
  });

  it('are what a tenant sets for the files it drops', async () => {
    const set = await stack.call('/v1/labels', { method: 'PUT', body: JSON.stringify({ labels }) });
    const read = await stack.call('/v1/labels');
    await stack.drop('bills.csv', `message\n${entries.map((entry) => `"${entry}"`).join('\n')}\n`);

    const job = await stack.endedDrop('bills.csv');

    expect([set.status, read.body.labels]).toEqual([200, labels]);
    expect(job.byCategory).toEqual({ Billing: 1, Shipping: 1 });
  });
});
