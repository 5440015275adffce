import { createServer, type Server } from 'node:http';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobFinished, serveEvents } from '../../../infra/local/event-bus.ts';
import { closeServer, listen } from '../../../infra/local/listen.ts';
import { localCredentials, localRegion } from '../../../infra/local/signature.ts';
import { eventBridgeJobEvents } from '../../../lib/aws/event-bus.ts';
import { aJob } from '../../factories/jobs.ts';

describe('the laptop event bus', () => {
  let server: Server;
  let endpoint: string;
  const heard: JobFinished[] = [];

  beforeAll(async () => {
    server = createServer(serveEvents((job) => heard.push(job)));
    endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterAll(() => closeServer(server));

  it('hears the service say that a job has finished', async () => {
    const client = new EventBridgeClient({ endpoint, region: localRegion, credentials: localCredentials });
    const job = aJob({ state: 'completed' });

    await eventBridgeJobEvents(client).jobFinished(job);

    expect(heard).toMatchObject([{ tenant: job.tenant, jobId: job.id, name: job.name, state: 'completed' }]);
  });

  it('refuses what is no event', async () => {
    expect((await fetch(endpoint, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(endpoint, { method: 'POST', body: '{"Entries":7}' })).status).toBe(400);
  });
});
