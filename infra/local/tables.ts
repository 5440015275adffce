import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type TableTopology, tables } from '../topology.ts';
import { localCredentials, localRegion } from './signature.ts';

/** The topology's tables in `<folder>`. Items are not deleted when they expire; reading filters them, as it must anyway. */
export async function openTables(folder: string) {
  const server = dynalite({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  // It wants a socket of its own to close properly; requests come through the emulators' one (serve).
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // To whoever finds its port it would answer unasked, any web page too.
  server.on('connection', (socket) => socket.destroy());
  return {
    serve: (request: IncomingMessage, response: ServerResponse) => serve(server, request, response),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** dynalite throws out of the process when a client goes away in the middle of its request, as a killed function does. */
function serve(server: Server, request: IncomingMessage, response: ServerResponse): void {
  server.emit('request', request, response);
  request.removeAllListeners('error');
  request.on('error', () => response.destroy());
}

export async function createTables(endpoint: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  for (const [name, topology] of Object.entries(tables)) {
    if (!TableNames.includes(name)) await client.send(createTable(name, topology));
  }
  client.destroy();
}

function createTable(name: string, { indexes }: TableTopology): CreateTableCommand {
  const entries = Object.entries(indexes);
  const attributes = new Set(['pk', 'sk', ...entries.flatMap(([, { partition, sort }]) => [partition, sort])]);
  const keySchema = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema('pk', 'sk'),
    ...(entries.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: entries.map(([IndexName, { partition, sort }]) => ({
            IndexName,
            KeySchema: keySchema(partition, sort),
            Projection: { ProjectionType: 'ALL' as const },
          })),
        }),
  });
}
