import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulators } from '../../infra/local/emulators.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { openClients } from '../../lib/aws/clients.ts';

/** The laptop's S3, SQS and DynamoDB on a free loopback port, and the service's own clients set to them as its functions' environment sets them. */
export async function startLaptop() {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-contract-'));
  const emulators = await startEmulators({
    folder,
    port: 0,
    now: () => Date.now(),
    serveInvoke: (_request, response) => response.writeHead(404).end(),
  });
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulators.endpoint,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  });
  const clients = openClients({ pathStyle: true });
  return {
    clients,
    endpoint: emulators.endpoint,
    queueUrl: (name: string) => `${emulators.endpoint}/000000000000/${name}`,
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await emulators.close();
      rmSync(folder, { recursive: true, force: true });
      process.env = before;
    },
  };
}
