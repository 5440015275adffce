import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { functionsFolder } from '../../infra/commands/build.ts';
import { createKey } from '../../infra/commands/create-key.ts';
import { openFunctionLog } from '../../infra/local/function-log.ts';
import { type FunctionPool, openFunctionPool } from '../../infra/local/function-pool.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { type JobView, openJobClient } from '../../infra/local/job-client.ts';
import { startMapping } from '../../infra/local/mapping.ts';
import { startRuntimeApi } from '../../infra/local/runtime-api.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { type FunctionName, functions, routes } from '../../infra/topology.ts';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import type { Deployed } from './moto.ts';
import { ProofFailed, root } from './tools.ts';

const JOB_MS = 120_000;
const TENANT = 'acme';
const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

/**
 * Lines through what moto made: its S3 tells its SQS of a drop, its queues and tables are what the functions use. The
 * functions run here, behind our Runtime API, with the environment that the deployed ones have and on the deployed event
 * source mappings; the gateway is the laptop's.
 */
export async function flowOnMoto(address: string, _stack: string, deployed: Deployed): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'logsieve-moto-flow-'));
  const runtime = await startRuntimeApi();
  const client = { endpoint: address, region: localRegion, credentials: localCredentials };
  const [sqs, dynamo, s3] = [
    new SQSClient(client),
    new DynamoDBClient(client),
    new S3Client({ ...client, forcePathStyle: true }),
  ];
  const pools = new Map<FunctionName, FunctionPool>();
  for (const name of Object.keys(functions).filter(isFunction)) {
    const variables = deployed.functions[name] ?? {};
    const environment = { ...variables, ...queuesHere(address, variables), ...placesHere(address, name) };
    const log = openFunctionLog(join(folder, 'logs'), name);
    const bundle = join(functionsFolder, name);
    pools.set(
      name,
      openFunctionPool({ name, topology: functions[name], folder: bundle, environment, processes: 1, runtime, log }),
    );
  }
  const poolOf = (name: FunctionName) => pools.get(name) ?? fail(`no function ${name}`);
  const mappings = deployed.mappings.flatMap(({ queue, batch, function: name }) =>
    isFunction(name)
      ? [startMapping({ sqs, endpoint: address, queue, batch, windowSeconds: 0, concurrency: 1, pool: poolOf(name) })]
      : [],
  );
  const gateway = await startGateway({ port: 0, routes, pool: poolOf, now: Date.now });
  try {
    const variables = deployed.functions.api ?? {};
    const keys = dynamoKeyStore(dynamo, variables.ACCESS_TABLE ?? '', { now: () => new Date() });
    const { secret } = await createKey(
      keys,
      { tenant: TENANT, name: 'proof', scopes: ['ingest', 'read', 'admin'] },
      new Date(),
    );
    await proveClassify(gateway.url, secret);
    await proveBatch(gateway.url, secret);
    const body = await readFile(join(root, 'events/labelled.csv'));
    const Key = `incoming/${TENANT}/labelled.csv`;
    await s3.send(new PutObjectCommand({ Bucket: variables.UPLOADS_BUCKET, Key, Body: body }));
    const jobs = openJobClient(gateway.url, secret);
    const job = await ended(() => jobs.newest('labelled.csv', ''), folder);
    const results = await (await fetch(await jobs.resultsLink(job.id))).text();
    console.log(
      `dropped file: ${job.state}, ${job.found} records, ${job.accepted} judged; results of ${results.split('\n').length - 1} lines`,
    );
  } finally {
    for (const mapping of mappings) mapping.stop();
    await Promise.all([...pools.values()].map((pool) => pool.close()));
    await Promise.all([gateway.close(), runtime.close()]);
    for (const each of [sqs, dynamo, s3]) each.destroy();
    rmSync(folder, { recursive: true, force: true });
  }

  async function proveClassify(url: string, key: string): Promise<void> {
    const body = JSON.stringify({ log_entries: ['Multiple failed password attempts for root'] });
    const response = await fetch(`${url}/v1/classify`, { method: 'POST', headers: { 'x-api-key': key }, body });
    const text = await response.text();
    if (response.status !== 200) throw new ProofFailed(`POST /v1/classify: ${response.status} ${text}`);
    const refused = await fetch(`${url}/v1/jobs`, { headers: { 'x-api-key': 'none' } });
    console.log(`POST /v1/classify with a key in the deployed table: 200; an unknown key: ${refused.status}`);
  }

  async function proveBatch(url: string, key: string): Promise<void> {
    const body = await readFile(join(root, 'events/batch.ndjson'), 'utf8');
    const response = await fetch(`${url}/v1/batches`, { method: 'POST', headers: { 'x-api-key': key }, body });
    const text = await response.text();
    if (response.status !== 202) throw new ProofFailed(`POST /v1/batches: ${response.status} ${text}`);
    const { jobId } = JSON.parse(text);
    const jobs = openJobClient(url, key);
    const job = await ended(() => jobs.job(String(jobId)), folder);
    console.log(`batch: ${job.state}, ${job.found} records`);
  }
}

/** What differs where the functions are: addresses, keys, and the folders an image or a zip would hold. */
function placesHere(address: string, name: FunctionName): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: address,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    S3_PATH_STYLE: 'true',
    MODELS_FOLDER: join(root, 'models'),
    ASSETS_FOLDER: join(functionsFolder, name, 'assets'),
    INFERENCE_THREADS: '1',
  };
}

/** The SDK asks a queue at its own address, which names AWS. */
function queuesHere(address: string, variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const urls = Object.entries(variables).filter(([name]) => name.endsWith('_QUEUE_URL'));
  return Object.fromEntries(urls.map(([name, url]) => [name, `${address}${new URL(url).pathname}`]));
}

async function ended(read: () => Promise<JobView | undefined>, folder: string): Promise<JobView> {
  const until = Date.now() + JOB_MS;
  for (;;) {
    const job = await read();
    if (job?.state === 'completed') return job;
    if (job?.state === 'failed' || Date.now() > until)
      return fail(`the job: ${JSON.stringify(job)}\n${logsOf(folder)}`);
    await sleep(500);
  }
}

/** What the functions said last. */
function logsOf(folder: string): string {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .map((name) => `${name}\n${readFileSync(join(logs, name), 'utf8').slice(-1_500)}`)
    .join('\n');
}

function fail(why: string): never {
  throw new ProofFailed(why);
}
