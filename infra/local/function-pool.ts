import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FunctionTopology } from '../topology.ts';
import type { FunctionLog } from './function-log.ts';
import { errorBody, type Invocation, type Outcome, type RuntimeApi, type RuntimeSeat } from './runtime-api.ts';
import { localRegion } from './signature.ts';

export interface PoolOptions {
  readonly name: string;
  readonly topology: Pick<FunctionTopology, 'timeoutSeconds' | 'memoryMb'>;
  /** The folder of the bundle `index.mjs`. */
  readonly folder: string;
  /** The whole environment of its processes; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes at most; an invocation beyond them waits its turn. */
  readonly processes: number;
  /** Options of Node's own, beside those that every process has. */
  readonly nodeOptions?: readonly string[];
  readonly runtime: RuntimeApi;
  readonly log: FunctionLog;
}

interface Waiting {
  readonly event: string;
  readonly resolve: (outcome: Outcome) => void;
}

/** One process of a function. */
interface Worker {
  readonly child: ChildProcess;
  readonly seat: RuntimeSeat;
  /** Ends a process that does not come to ask for work. */
  readonly tooLate: NodeJS.Timeout;
  state: 'starting' | 'idle' | 'busy' | 'dead';
  end?: (outcome: Outcome) => void;
  initError?: string;
}

export type FunctionPool = ReturnType<typeof openFunctionPool>;

/** More invocations than this waiting is Lambda's throttling: they are refused. */
const maxWaiting = 1_000;
/** A bundle with its models must be loaded by then. */
const startTimeoutMs = 60_000;
const bootstrap = join(import.meta.dirname, 'bootstrap.ts');

/** A function's processes: started when first needed, kept warm, ended at its timeout. */
export function openFunctionPool(options: PoolOptions) {
  const { name, topology, processes, runtime, log } = options;
  const arn = `arn:aws:lambda:${localRegion}:000000000000:function:${name}`;
  const workers = new Set<Worker>();
  const queue: Waiting[] = [];
  let closed = false;

  function start(): void {
    const seat = runtime.sit(
      () => becomeIdle(worker),
      (body) => {
        worker.initError = body;
      },
    );
    const heapMb = Math.max(Math.floor(topology.memoryMb * 0.8), 64);
    const own = ['--enable-source-maps', `--max-old-space-size=${heapMb}`, ...(options.nodeOptions ?? [])];
    // The name is for whoever reads the list of processes.
    const child = spawn(process.execPath, [...own, bootstrap, name], {
      cwd: options.folder,
      env: {
        ...options.environment,
        AWS_LAMBDA_RUNTIME_API: seat.address,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(topology.memoryMb),
        LAMBDA_TASK_ROOT: options.folder,
        _HANDLER: 'index.handler',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const tooLate = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
    const worker: Worker = { child, seat, tooLate, state: 'starting' };
    workers.add(worker);
    log.take(child.stdout);
    log.take(child.stderr);
    child.once('error', (error) => log.line(`${name}: could not be started: ${error.message}`));
    child.once('close', (code, signal) => retire(worker, code, signal));
  }

  function becomeIdle(worker: Worker): void {
    clearTimeout(worker.tooLate);
    if (worker.state === 'dead') return;
    worker.state = 'idle';
    worker.end = undefined;
    dispatch();
  }

  function retire(worker: Worker, code: number | null, signal: NodeJS.Signals | null): void {
    const { state, end } = worker;
    worker.state = 'dead';
    clearTimeout(worker.tooLate);
    worker.seat.leave();
    workers.delete(worker);
    const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`;
    if (!closed) log.line(`${name}: process ${worker.child.pid} ${how}`);
    end?.({ ok: false, error: 'crashed', body: errorBody('Runtime.ExitError', `The process ${how}.`) });
    // It never came to ask for work: whoever waits longest learns why, or starting anew would go on for ever.
    if (state === 'starting') {
      const body = worker.initError ?? errorBody('Runtime.InitError', `The process ${how} while starting.`);
      queue.shift()?.resolve({ ok: false, error: 'init-failed', body });
    }
    dispatch();
  }

  function dispatch(): void {
    for (const worker of workers) {
      if (worker.state !== 'idle') continue;
      const next = queue.shift();
      if (next === undefined) return;
      run(worker, next);
    }
    const coming = [...workers].filter(({ state }) => state === 'starting').length;
    const wanted = Math.min(queue.length - coming, processes - workers.size);
    for (let count = 0; count < wanted && !closed; count += 1) start();
  }

  function run(worker: Worker, { event, resolve }: Waiting): void {
    const timeoutMs = topology.timeoutSeconds * 1000;
    const timer = setTimeout(() => {
      const message = `Task timed out after ${topology.timeoutSeconds} seconds`;
      log.line(`${name}: ${message}`);
      end({ ok: false, error: 'timed-out', body: errorBody('Sandbox.Timedout', message) });
      worker.child.kill('SIGKILL');
    }, timeoutMs);
    let ended = false;
    const end = (outcome: Outcome) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    worker.state = 'busy';
    worker.end = end;
    const invocation: Invocation = { id: randomUUID(), arn, event, deadlineMs: Date.now() + timeoutMs, end };
    worker.seat.give(invocation);
  }

  return {
    name,
    processes,
    log,
    /** Process ids, for those who want to see what a death does. */
    pids: () => [...workers].flatMap(({ child }) => child.pid ?? []),
    /** Starts a process ahead of need. */
    warm(): void {
      if (workers.size === 0 && !closed) start();
    },
    /** Runs the handler on an event (JSON); never rejects. */
    invoke(event: string): Promise<Outcome> {
      if (closed || queue.length >= maxWaiting) {
        const body = errorBody('TooManyRequestsException', 'Rate Exceeded.');
        return Promise.resolve({ ok: false, error: 'throttled', body });
      }
      return new Promise((resolve) => {
        queue.push({ event, resolve });
        dispatch();
      });
    },
    /** Ends its processes; what they were at ends as crashed. */
    async close(): Promise<void> {
      closed = true;
      for (const { resolve } of queue.splice(0))
        resolve({ ok: false, error: 'crashed', body: errorBody('Closed', 'The stack is stopping.') });
      await Promise.all([...workers].map(endWorker));
      await log.flush();
    },
  };
}

function endWorker({ child }: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
