import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulators } from '../../infra/local/emulators.ts';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { openClients } from '../../lib/aws/clients.ts';
import { elsewhere, furnish, type Services } from './elsewhere.ts';

export { lacks, place } from './elsewhere.ts';

const credentials = {
  AWS_REGION: localRegion,
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
};

/** The laptop's S3, SQS and DynamoDB on a free loopback port, and the service's own clients set to them as a function's environment sets them. */
export async function startLaptop() {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-contract-'));
  const events: string[] = [];
  const emulators = await startEmulators({
    folder,
    port: 0,
    now: () => Date.now(),
    serveInvoke: (_request, response) => response.writeHead(404).end(),
    serveEvents: (request, response) => void takeEvents(request, response, events),
  });
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ENDPOINT_URL: emulators.endpoint, ...credentials });
  const clients = openClients({ pathStyle: true });
  return {
    clients,
    /** Bodies of the PutEvents calls so far. */
    events,
    queueUrl: (name: string) => `${emulators.endpoint}/000000000000/${name}`,
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await emulators.close();
      rmSync(folder, { recursive: true, force: true });
      process.env = before;
    },
  };
}

/** The same on services of other makers, which run already. Events are still taken here: they are only counted. */
async function startElsewhere(services: Services): ReturnType<typeof startLaptop> {
  const events: string[] = [];
  const bus = createServer((request, response) => void takeEvents(request, response, events));
  const before = { ...process.env };
  Object.assign(process.env, {
    ...credentials,
    AWS_ENDPOINT_URL_S3: services.s3,
    AWS_ENDPOINT_URL_SQS: services.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: services.dynamo,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${await listen(bus, 0)}`,
  });
  // A busy machine is no difference of theirs.
  const clients = openClients({ pathStyle: true, boundsMs: { connect: 30_000, answer: 60_000 } });
  const urls = await furnish(services, clients);
  return {
    clients,
    events,
    queueUrl: (name: string) => urls.get(name) ?? name,
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await closeServer(bus);
      process.env = before;
    },
  };
}

async function takeEvents(request: IncomingMessage, response: ServerResponse, events: string[]): Promise<void> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(Buffer.from(block));
  events.push(Buffer.concat(blocks).toString('utf8'));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
}

/** A laptop (or what stands for it) for the tests of one file, started on first use so that a suite of fakes starts none. */
export function sharedLaptop() {
  let started: ReturnType<typeof startLaptop> | undefined;
  return {
    open: () => {
      started ??= elsewhere === undefined ? startLaptop() : startElsewhere(elsewhere);
      return started;
    },
    close: async () => (await started)?.close(),
  };
}
