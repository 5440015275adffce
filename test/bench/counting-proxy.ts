import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen } from '../../infra/local/listen.ts';

/** What functions asked of S3 and DynamoDB, in the units that are paid for. */
export interface Usage {
  dynamoReadUnits: number;
  dynamoWriteUnits: number;
  /** Of the write units, those of pages and of the verdict cache. */
  pageWriteUnits: number;
  cacheWriteUnits: number;
  s3Puts: number;
  s3Gets: number;
  /** Requests of every kind; each is a wait. */
  calls: number;
}

export const noUsage = (): Usage => ({
  dynamoReadUnits: 0,
  dynamoWriteUnits: 0,
  pageWriteUnits: 0,
  cacheWriteUnits: 0,
  s3Puts: 0,
  s3Gets: 0,
  calls: 0,
});

const capacitySchema = z.object({ TableName: z.string(), CapacityUnits: z.number() });
const replySchema = z.looseObject({
  ConsumedCapacity: z.union([capacitySchema, z.array(capacitySchema)]).optional(),
});

/** Passes requests on to the address last given, and counts. DynamoDB is asked to say what each request consumed. */
export async function startCountingProxy() {
  const usage = noUsage();
  let target: URL | undefined;
  const server = createServer((incoming, outgoing) => {
    if (target === undefined) return void outgoing.writeHead(503).end();
    pass(target, incoming, outgoing, usage).catch(() => outgoing.destroy());
  });
  const port = await listen(server, 0);
  return {
    address: `http://127.0.0.1:${port}`,
    passTo: (address: string) => {
      target = new URL(address);
    },
    usage: (): Usage => ({ ...usage }),
    close: () => closeServer(server),
  };
}

async function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, usage: Usage): Promise<void> {
  const operation = String(incoming.headers['x-amz-target'] ?? '');
  usage.calls += 1;
  if (operation === '') return passObject(target, incoming, outgoing, usage);
  const asked = await readAll(incoming);
  const isDynamo = operation.startsWith('DynamoDB_');
  const body = isDynamo ? askingCapacity(asked) : asked;
  const reply = await send(target, incoming, body);
  const bytes = await readAll(reply);
  if (isDynamo) addUnits(usage, operation, bytes);
  outgoing.writeHead(reply.statusCode ?? 502, reply.headers).end(bytes);
}

async function passObject(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, usage: Usage) {
  const isRead = incoming.method === 'GET' || incoming.method === 'HEAD';
  // Lists cost what puts cost; deletes cost nothing.
  const isList = isRead && /\?(.*&)?list-type=/.test(incoming.url ?? '');
  if (isRead && !isList) usage.s3Gets += 1;
  else if (incoming.method !== 'DELETE') usage.s3Puts += 1;
  const reply = await send(target, incoming, incoming);
  outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
  reply.pipe(outgoing);
}

function send(target: URL, incoming: IncomingMessage, body: Buffer | IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers };
    if (Buffer.isBuffer(body)) headers['content-length'] = String(body.byteLength);
    const { hostname, port } = target;
    const passed = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, resolve);
    passed.once('error', reject);
    if (Buffer.isBuffer(body)) passed.end(body);
    else body.pipe(passed);
  });
}

function askingCapacity(body: Buffer): Buffer {
  const asked = z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString('utf8')));
  return Buffer.from(JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' }));
}

const WRITES = /\.(PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/;

function addUnits(usage: Usage, operation: string, body: Buffer): void {
  const parsed = replySchema.safeParse(JSON.parse(body.toString('utf8') || '{}'));
  const capacity = parsed.success ? parsed.data.ConsumedCapacity : undefined;
  const isWrite = WRITES.test(operation);
  if (capacity === undefined) {
    // A write that its condition refused is paid for, and its reply does not say what.
    if (isWrite) usage.dynamoWriteUnits += 1;
    return;
  }
  for (const { TableName, CapacityUnits } of [capacity].flat()) {
    if (!isWrite) usage.dynamoReadUnits += CapacityUnits;
    else usage.dynamoWriteUnits += CapacityUnits;
    if (isWrite && TableName === 'pages') usage.pageWriteUnits += CapacityUnits;
    if (isWrite && TableName === 'cache') usage.cacheWriteUnits += CapacityUnits;
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of stream) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}
