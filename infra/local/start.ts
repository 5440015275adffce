import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogsieveError } from '../../lib/domain/errors.ts';
import { checkModels } from './check-models.ts';
import { dropFile } from './drop-file.ts';
import { entailmentFolderOf, ownersSettings } from './environment.ts';
import { type JobClient, type JobView, openJobClient } from './job-client.ts';
import { PortTaken } from './listen.ts';
import { shortPath, showAddresses, showJob, terminal } from './show.ts';
import { type Stack, startStack } from './stack.ts';
import { readEnvironment, readStartOptions, type StartOptions, UsageError, usage } from './start-options.ts';
import { StateInUse, StateUnusable } from './state-lock.ts';
import { localTenant } from './tenant.ts';
import { openProgress, watchJob } from './watch-job.ts';

const root = resolve(import.meta.dirname, '../..');
const sample = join(root, 'events/sample.csv');
const { style, print } = terminal;

/** Other people's jobs, told in their turn as they end. */
interface Audience {
  /** Jobs that were shown, or are being watched. */
  readonly known: Set<string>;
  show?: (jobId: string) => Promise<void>;
}

/** `npm start`: the whole service on this machine, and one file through it. Answers the exit code. */
async function start(options: StartOptions, stop: AbortSignal): Promise<number> {
  const startedMs = Date.now();
  if (terminal.isTty) terminal.write(style.dim('logsieve is starting …'));
  const audience: Audience = { known: new Set() };
  const settings = ownersSettings(readEnvironment(join(root, '.env')));
  await checkModels(join(root, 'models'), entailmentFolderOf(settings));
  const stack = await startStack({
    state: options.state,
    port: options.port,
    emulatorPort: options.port === 0 ? 0 : options.port + 1,
    host: options.host,
    settings,
    onJobFinished: ({ tenant, jobId }) => void (tenant === localTenant && tell(audience, jobId)),
  });
  try {
    terminal.clearLine();
    showAddresses(stack);
    const client = openJobClient(stack.url, stack.apiKey);
    const job = stop.aborted ? undefined : await runFile(stack, client, options, audience, stop);
    if (options.once) return job?.state === 'completed' ? 0 : 1;
    if (job === undefined) return 0;
    print('', style.dim(`Ready after ${((Date.now() - startedMs) / 1000).toFixed(0)} s. Serving until Ctrl-C.`));
    audience.show = async (jobId) => showJob(stack, client, await client.job(jobId));
    await untilAborted(stop);
    return 0;
  } finally {
    audience.show = undefined;
    terminal.clearLine();
    print(style.dim('Stopping …'));
    await stack.close();
  }
}

async function tell({ known, show }: Audience, jobId: string): Promise<void> {
  if (known.has(jobId) || show === undefined) return;
  known.add(jobId);
  await show(jobId).catch((error: Error) => {
    const where = `GET /v1/jobs/${jobId}/results has them`;
    print(style.dim(`Job ${jobId} has ended; its results could not be saved here (${error.message}), ${where}.`));
  });
}

/** The user's file, or the sample, from the drop to its results. The sample is read once in a state folder's life. */
async function runFile(
  stack: Stack,
  client: JobClient,
  options: StartOptions,
  { known }: Audience,
  stop: AbortSignal,
): Promise<JobView | undefined> {
  const file = options.file ?? sample;
  const name = basename(file);
  const earlier = options.file === undefined ? await client.newest(name, '') : undefined;
  const before = earlier?.state === 'failed' ? undefined : earlier;
  const since = before?.createdAt ?? new Date().toISOString();
  if (before === undefined) await dropFile(stack.endpoint, file);
  const progress = openProgress(name, shortPath(join(stack.state, 'logs')), terminal, Date.now);
  const seen = (job: JobView | undefined) => {
    if (job !== undefined) known.add(job.id);
    progress.show(job);
  };
  const job = await watchJob(client, () => client.newest(name, since), seen, stop);
  terminal.clearLine();
  if (job !== undefined) await showJob(stack, client, job);
  if (before !== undefined)
    print(style.dim(`  read at an earlier start; npm start -- ${shortPath(file)} reads it again`));
  return job;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
}

/** The first Ctrl-C stops cleanly; a second one does not wait. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stopping.signal;
}

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  if (options !== 'help') return start(options, stopOnSignals());
  print(usage);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  terminal.clearLine();
  const expected = [UsageError, StateInUse, StateUnusable, PortTaken, LogsieveError].some(
    (told) => error instanceof told,
  );
  const more = error instanceof PortTaken ? ` Choose another one: npm start -- --port ${error.port + 10}` : '';
  console.error(expected ? `${error instanceof Error ? error.message : error}${more}` : error);
  process.exitCode = 1;
}
