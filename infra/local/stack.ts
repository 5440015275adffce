import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { corsOriginsSchema } from '../../lib/config.ts';
import { buildFunctions, functionsFolder } from '../commands/build.ts';
import { type FunctionName, type FunctionTopology, functions, lostDeliveries } from '../topology.ts';
import { startEmulators } from './emulators.ts';
import { functionEnvironment } from './environment.ts';
import { type JobFinished, serveEvents } from './event-bus.ts';
import { ensureFirstKey } from './first-key.ts';
import { openFunctionLog } from './function-log.ts';
import { type FunctionPool, openFunctionPool } from './function-pool.ts';
import { startGateway } from './gateway.ts';
import { serveInvoke } from './invoke-api.ts';
import { PortTaken } from './listen.ts';
import { startMapping } from './mapping.ts';
import { startRuntimeApi } from './runtime-api.ts';
import { startSchedule } from './schedule.ts';
import { localCredentials, localRegion } from './signature.ts';
import { lockState } from './state-lock.ts';
import { isFunction, wiring } from './wiring.ts';

export interface StackOptions {
  /** Everything the stack keeps lies in this folder. */
  readonly state: string;
  /** The API's port; 0 for any. */
  readonly port: number;
  /** The emulators' port; taken by somebody, any free one serves. 0 for any. */
  readonly emulatorPort: number;
  /** Where API and emulators listen: loopback where absent. In a container it is the container's network that keeps others out. */
  readonly host?: string;
  /** The owner's settings for functions; see environment.ts. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onJobFinished?: (job: JobFinished) => void;
  /** Options of Node's own for every function's process, for whoever measures them. */
  readonly nodeOptions?: readonly string[];
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** What is being handled when the stack stops gets this long to finish; then it is put back. */
const graceMs = 1_500;
/**
 * Processes of the worker, which share the cores for inference: a second one would hold the models a second time, and
 * its inference would wait for the same cores.
 */
const workerProcesses = 1;
/** More threads than this make a small model slower. */
const maxInferenceThreads = 8;
/** API Gateway's functions answer several clients at a time; the others have as many processes as their queues' concurrency says. */
const httpProcesses: Partial<Record<FunctionName, number>> = { authorize: 1, api: 2, 'classify-http': 1 };

/**
 * The whole service on this machine: emulators, gateway, queues' mappings and schedules, functions in processes of
 * their own. Throws PortTaken, StateInUse or StateUnusable; nothing is left running then.
 */
export async function startStack(options: StackOptions) {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    closers.push(lockState(options.state));
    return await startParts(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function startParts(options: StackOptions, closers: (() => unknown)[], close: () => Promise<void>) {
  const clock = { now: () => new Date() };
  const now = Date.now;
  const pools = new Map<FunctionName, FunctionPool>();
  const poolOf = (name: FunctionName): FunctionPool => {
    const pool = pools.get(name);
    if (pool === undefined) throw new RangeError(`no function ${name}`);
    return pool;
  };

  // The gateway's port is asked for first: it is the one that a user is told of.
  const corsOrigins = corsOriginsSchema.parse(options.settings.CORS_ORIGINS);
  const gateway = await startGateway({
    port: options.port,
    host: options.host,
    routes: wiring.routes,
    pool: poolOf,
    now,
    corsOrigins,
  });
  closers.push(gateway.close);
  const closing = <T extends { close: () => unknown }>(opened: T): T => {
    closers.push(opened.close);
    return opened;
  };
  const starting = [
    startOnAnyPort(options.emulatorPort, (port) =>
      startEmulators({
        folder: options.state,
        port,
        host: options.host,
        now,
        serveInvoke: serveInvoke(
          (name) => (isFunction(name) ? pools.get(name) : undefined),
          (name, event) => {
            pools
              .get('ingest-logs')
              ?.log.line(
                `${name}: an event was lost after three attempts, and is kept on the queue ${lostDeliveries.queue}`,
              );
            emulators.send(lostDeliveries.queue, event);
          },
        ),
        serveEvents: serveEvents((job) => options.onJobFinished?.(job)),
      }),
    ).then(closing),
    startRuntimeApi().then(closing),
    buildFunctions(),
  ] as const;
  // A failure is told only when all have settled, so that nothing opens after everything was closed.
  await Promise.allSettled(starting);
  const [emulators, runtime] = await Promise.all(starting);

  const inferenceThreads = Math.max(
    Math.min(Math.floor(availableParallelism() / workerProcesses), maxInferenceThreads),
    1,
  );
  const settings = { endpoint: emulators.endpoint, passedOn: options.settings, inferenceThreads };
  for (const { name } of wiring.functions) {
    pools.set(
      name,
      openFunctionPool({
        name,
        topology: functions[name],
        folder: join(functionsFolder, name),
        environment: functionEnvironment(name, settings),
        processes: processesOf(name),
        nodeOptions: options.nodeOptions,
        runtime,
        log: openFunctionLog(join(options.state, 'logs'), name),
      }),
    );
  }
  closers.push(() => Promise.all([...pools.values()].map((pool) => pool.close())));

  const apiKey = await ensureFirstKey(options.state, emulators.endpoint, clock);
  const sqs = new SQSClient({ endpoint: emulators.endpoint, region: localRegion, credentials: localCredentials });
  closers.push(() => sqs.destroy());
  const mappings = wiring.mappings.map(({ hearing, ...heard }) =>
    startMapping({ ...heard, sqs, endpoint: emulators.endpoint, pool: poolOf(hearing) }),
  );
  const schedules = wiring.schedules.map(({ name, everyMinutes }) =>
    startSchedule(poolOf(name), everyMinutes, clock.now),
  );
  closers.push(async () => {
    for (const schedule of schedules) schedule.stop();
    for (const mapping of mappings) mapping.stop();
    await within(graceMs, Promise.all(mappings.map((mapping) => mapping.stopped())));
  });
  for (const name of ['classify-worker', 'ingest-upload'] as const) poolOf(name).warm();

  return { url: gateway.url, endpoint: emulators.endpoint, apiKey, state: options.state, pool: poolOf, close };
}

/** As many as its queues' concurrency asks for, but not more than two: functions wait more than they compute. */
function processesOf(name: FunctionName): number {
  const { hears = [] }: FunctionTopology = functions[name];
  if (name === 'classify-worker') return workerProcesses;
  return httpProcesses[name] ?? Math.min(Math.max(...hears.map(({ concurrency }) => concurrency), 1), 2);
}

async function startOnAnyPort<T>(wanted: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(wanted);
  } catch (error) {
    if (!(error instanceof PortTaken)) throw error;
    return start(0);
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
