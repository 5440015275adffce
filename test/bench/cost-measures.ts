import { readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type MeasuredRun, type Measures, measuresFile } from '../../infra/cost/measures.ts';
import { dropFile } from '../../infra/local/drop-file.ts';
import { type JobView, openJobClient } from '../../infra/local/job-client.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { type Stack, startStack } from '../../infra/local/stack.ts';
import { localTenant } from '../../infra/local/tenant.ts';
import { type FunctionName, functions } from '../../infra/topology.ts';
import { dynamoJobStore } from '../../lib/aws/job-store.ts';
import { aFolder } from '../factories/a-folder.ts';
import { measureLanguageModel } from './cost-language-model.ts';
import { startCountingProxy, type Usage } from './counting-proxy.ts';
import { patternedCsv } from './patterned-csv.ts';

const LINES = 20_000;
const REPEATED = [0, 0.9, 0.99] as const;
const WARM_UP = 400;
const JOB_MS = 900_000;
const SWEEPS = 5;

type Proxy = Awaited<ReturnType<typeof startCountingProxy>>;
type Cpu = Readonly<Record<string, { readonly mainSeconds: number; readonly otherSeconds: number }>>;

/**
 * `npm run cost:measure`: files of new and of repeated patterns through the laptop stack, whose functions are the deployed
 * bundles on the same SDK. CPU is taken from /proc (Linux only), requests and DynamoDB units from a proxy between the
 * functions and the emulators. Writes infra/cost/measures.json, from which docs/COST.md is made.
 */
async function measure(): Promise<Measures> {
  await using folder = await aFolder();
  const proxy = await startCountingProxy();
  const through = ['S3', 'DYNAMODB'].map((service) => [`AWS_ENDPOINT_URL_${service}`, proxy.address]);
  const settings = Object.fromEntries(through);
  const state = join(folder.path, 'state');
  const stack = await startStack({ state, port: 0, emulatorPort: 0, settings });
  try {
    proxy.passTo(stack.endpoint);
    await putThrough(stack, folder.path, 'warm-up.csv', patternedCsv(WARM_UP, WARM_UP / 2, 1_000_000));
    const runs: MeasuredRun[] = [];
    for (const [index, repeated] of REPEATED.entries()) {
      const patterns = Math.round(LINES * (1 - repeated));
      const source = patternedCsv(LINES, patterns, index * 100_000);
      runs.push(await measureRun({ stack, proxy, state, folder: folder.path }, { repeated, patterns, source }));
    }
    const sweep = await measureSweep(stack, proxy);
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      runs,
      sweep,
      languageModel: await measureLanguageModel(),
    };
  } finally {
    await stack.close();
    await proxy.close();
  }
}

async function measureRun(
  on: { stack: Stack; proxy: Proxy; state: string; folder: string },
  { repeated, patterns, source }: { repeated: number; patterns: number; source: string },
): Promise<MeasuredRun> {
  const { stack, proxy, state, folder } = on;
  const [cpu, usage, logBytes] = [cpuOf(stack), proxy.usage(), bytesIn(join(state, 'logs'))];
  const started = performance.now();
  const name = `repeated-${repeated * 100}.csv`;
  const { job, resultsBytes } = await putThrough(stack, folder, name, source);
  process.stderr.write(`${name} … ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  // Messages are deleted and counters written a moment after the job has ended.
  await sleep(3_000);
  return {
    repeated,
    lines: LINES,
    patterns,
    sourceBytes: Buffer.byteLength(source),
    resultsBytes,
    verdictBytes: await pageBytes(stack, job.id),
    logBytes: bytesIn(join(state, 'logs')) - logBytes,
    cpu: cpuSince(cpu, cpuOf(stack)),
    usage: { ...usageSince(usage, proxy.usage()), messages: await messagesOf(stack, job.id) },
  };
}

async function putThrough(stack: Stack, folder: string, name: string, source: string) {
  const client = openJobClient(stack.url, stack.apiKey);
  const file = join(folder, name);
  await writeFile(file, source);
  await dropFile(stack.endpoint, file);
  const until = Date.now() + JOB_MS;
  for (;;) {
    const job = await client.newest(name, '');
    if (job !== undefined && job.state === 'completed')
      return { job, resultsBytes: await resultsSize(client.resultsLink(job.id)) };
    if (Date.now() > until) throw new Error(`${name} has not come through: ${job?.state}`);
    // Seldom: each question is one more function that works.
    await sleep(1_000);
  }
}

async function resultsSize(link: Promise<string>): Promise<number> {
  const response = await fetch(await link);
  return (await response.arrayBuffer()).byteLength;
}

/** Bytes of the bodies of a job's pages, as stored. */
async function pageBytes({ endpoint }: Stack, jobId: JobView['id']): Promise<number> {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  let bytes = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: 'pages' })) {
    const ofJob = Items.filter(({ pk }) => pk?.S?.includes(jobId));
    for (const item of ofJob) for (const { B } of Object.values(item)) bytes += B?.byteLength ?? 0;
  }
  client.destroy();
  return bytes;
}

/**
 * The SDK sends to a queue's own address and not through the proxy, so messages are counted by what they are: one for the
 * upload, one for each chunk, and two that say that a segment is whole.
 */
async function messagesOf({ endpoint }: Stack, jobId: JobView['id']): Promise<number> {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  const segments = await dynamoJobStore(client, 'jobs', { now: () => new Date() }).segments(localTenant, jobId);
  client.destroy();
  return segments.reduce((sum, { closed }) => sum + 2 + (closed?.chunks ?? 0), 1);
}

async function measureSweep(stack: Stack, proxy: Proxy): Promise<Measures['sweep']> {
  const pool = stack.pool('sweep');
  await pool.invoke('{}');
  const [cpu, usage] = [cpuOf(stack), proxy.usage()];
  for (let run = 0; run < SWEEPS; run++) await pool.invoke('{}');
  const { sweep } = cpuSince(cpu, cpuOf(stack));
  const spent = usageSince(usage, proxy.usage());
  return {
    cpuSeconds: ((sweep?.mainSeconds ?? 0) + (sweep?.otherSeconds ?? 0)) / SWEEPS,
    readUnits: spent.dynamoReadUnits / SWEEPS,
    calls: spent.calls / SWEEPS,
  };
}

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

/** CPU seconds of every function's processes since they began, by thread. */
function cpuOf(stack: Stack): Cpu {
  const names = Object.keys(functions).filter(isFunction);
  return Object.fromEntries(
    names.map((name) => {
      const threads = stack.pool(name).pids().flatMap(threadsOf);
      const sum = (main: boolean) =>
        threads.filter(({ isMain }) => isMain === main).reduce((total, { seconds }) => total + seconds, 0);
      return [name, { mainSeconds: sum(true), otherSeconds: sum(false) }];
    }),
  );
}

/** Linux counts a thread's time in hundredths of a second. */
function threadsOf(pid: number): readonly { isMain: boolean; seconds: number }[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const fields = (readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1] ?? '').split(' ');
    return { isMain: thread === String(pid), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
  });
}

const rounded = (value: number) => Number(value.toFixed(4));

function cpuSince(before: Cpu, after: Cpu): Record<string, { mainSeconds: number; otherSeconds: number }> {
  const entries = Object.entries(after).map(([name, { mainSeconds, otherSeconds }]) => {
    const was = before[name] ?? { mainSeconds: 0, otherSeconds: 0 };
    const taken = {
      mainSeconds: rounded(mainSeconds - was.mainSeconds),
      otherSeconds: rounded(otherSeconds - was.otherSeconds),
    };
    return [name, taken] as const;
  });
  return Object.fromEntries(entries.filter(([, taken]) => taken.mainSeconds + taken.otherSeconds > 0));
}

function usageSince(before: Usage, after: Usage): Usage {
  const since = (key: keyof Usage) => rounded(after[key] - before[key]);
  return {
    dynamoReadUnits: since('dynamoReadUnits'),
    dynamoWriteUnits: since('dynamoWriteUnits'),
    pageWriteUnits: since('pageWriteUnits'),
    cacheWriteUnits: since('cacheWriteUnits'),
    s3Puts: since('s3Puts'),
    s3Gets: since('s3Gets'),
    calls: since('calls'),
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(resolve(folder, name)).size, 0);
}

function machine(): Measures['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

await writeFile(measuresFile, `${JSON.stringify(await measure(), undefined, 2)}\n`);
