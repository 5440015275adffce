import { createServer } from 'node:http';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import { eventBridgeJobEvents } from '../../lib/aws/event-bus.ts';
import { secretsManagerSecrets } from '../../lib/aws/secrets.ts';
import type { Clock, JobEvents, Secrets } from '../../lib/ports.ts';
import { aJob } from '../factories/jobs.ts';
import { fakeClock } from '../fakes/clock.ts';
import { memoryJobEvents } from '../fakes/job-events.ts';
import { memorySecrets } from '../fakes/secrets.ts';
import { place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
const closing: (() => void)[] = [];
afterAll(async () => {
  for (const close of closing) close();
  await laptop.close();
});

const announcers: Record<string, () => Promise<{ events: JobEvents; told: () => string }>> = {
  memory: async () => {
    const events = memoryJobEvents();
    return { events, told: () => JSON.stringify(events.announced) };
  },
  [`eventbridge on ${place}`]: async () => {
    const { clients, events } = await laptop.open();
    return { events: eventBridgeJobEvents(clients.eventBridge), told: () => events.join() };
  },
};
describe.each(Object.entries(announcers))('job events: %s', (_name, open) => {
  it('tell which job ended and how', async () => {
    const { events, told } = await open();

    await events.jobFinished(aJob({ state: 'completed', endedAt: '2026-03-01T11:00:00.000Z' }));

    expect(told()).toContain(aJob().id);
    expect(told()).toContain('completed');
  });
});

describe('the EventBridge event', () => {
  it('says why a job failed by its code: the sentence may quote a line', async () => {
    const { clients, events } = await laptop.open();
    const error = { code: 'no-message-column', message: 'the columns are "alice@example.com"' };

    await eventBridgeJobEvents(clients.eventBridge).jobFinished(aJob({ state: 'failed', error }));

    expect(events.join()).toContain('no-message-column');
    expect(events.join()).not.toContain('alice');
  });
});

/** A Secrets Manager with one secret, that counts its calls. */
async function startSecretsManager(values: Record<string, string | undefined>) {
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    let body = '';
    for await (const block of request) body += String(block);
    const known = Object.keys(values).find((id) => body.includes(`"${id}"`));
    response.writeHead(known === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    const missing = { __type: 'ResourceNotFoundException', message: 'none' };
    response.end(JSON.stringify(known === undefined ? missing : { Name: known, SecretString: values[known] }));
  });
  const port = await listen(server, 0);
  closing.push(() => server.close());
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  closing.push(() => client.destroy());
  return { client, calls: () => calls };
}

const secretStores: Record<string, (values: Record<string, string>, clock: Clock) => Promise<Secrets>> = {
  memory: async (values) => memorySecrets(values),
  'secrets manager': async (values, clock) => secretsManagerSecrets((await startSecretsManager(values)).client, clock),
};
describe.each(Object.entries(secretStores))('secrets: %s', (_name, open) => {
  it('gives a secret, and refuses one that is not there', async () => {
    const secrets = await open({ llm: 'key-1' }, fakeClock());

    expect(await secrets.get('llm')).toBe('key-1');
    await expect(secrets.get('none')).rejects.toMatchObject({ kind: 'fault', code: 'service-refused' });
  });
});

describe('secrets manager', () => {
  it('is asked once in five minutes', async () => {
    const clock = fakeClock();
    const manager = await startSecretsManager({ llm: 'key-1', empty: undefined });
    const secrets = secretsManagerSecrets(manager.client, clock);

    await secrets.get('llm');
    await secrets.get('llm');
    const soon = manager.calls();
    clock.advance(6 * 60_000);
    await secrets.get('llm');

    expect([soon, manager.calls()]).toEqual([1, 2]);
    await expect(secrets.get('empty')).rejects.toMatchObject({ code: 'secret-empty' });
  });
});
