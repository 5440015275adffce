import { basename, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropFile } from './drop-file.ts';
import { ownersSettings } from './environment.ts';
import { type JobClient, type JobView, openJobClient } from './job-client.ts';
import { type EndedJob, renderJob } from './job-screen.ts';
import { PortTaken } from './listen.ts';
import { saveResults } from './save-results.ts';
import { chooseStyle } from './screen.ts';
import { type Stack, startStack } from './stack.ts';
import { readEnvironment, readStartOptions, type StartOptions, UsageError, usage } from './start-options.ts';
import { StateInUse } from './state-lock.ts';
import { openProgress, watchJob } from './watch-job.ts';

const root = resolve(import.meta.dirname, '../..');
const sample = join(root, 'events/sample.csv');
/** Anomalies shown after a job. */
const topAnomalies = 8;

const isTty = process.stdout.isTTY === true;
const style = chooseStyle({ isTty, noColor: Boolean(process.env.NO_COLOR) });
const width = Math.min(Math.max(process.stdout.columns ?? 120, 60), 160);
const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);
const shortPath = (path: string) => (relative('', path).startsWith('..') ? path : relative('', path));

/** `npm start`: the whole service on this machine, and one file through it. Answers the exit code. */
async function start(options: StartOptions, stop: AbortSignal): Promise<number> {
  const startedMs = Date.now();
  if (isTty) process.stdout.write(style.dim('logsieve is starting …'));
  const stack = await startStack({
    state: options.state,
    port: options.port,
    emulatorPort: options.port === 0 ? 0 : options.port + 1,
    settings: ownersSettings(readEnvironment(join(root, '.env'))),
    onJobFinished: ({ tenant, jobId }) => tenant === 'local' && finished(jobId),
  });
  const client = openJobClient(stack.url, stack.apiKey);
  const shown = new Set<string>();
  const finished = (jobId: string) => {
    if (!shown.has(jobId)) void showLater(stack, client, jobId, shown);
  };
  try {
    if (isTty) process.stdout.write('\r\u001b[K');
    printAddresses(stack, options);
    const job = await runFile(stack, client, options, shown, stop);
    if (job === undefined) return 0;
    if (!options.once) {
      print('', style.dim(`Ready after ${((Date.now() - startedMs) / 1000).toFixed(0)} s. Serving until Ctrl-C.`));
      await untilAborted(stop);
    }
    return options.once && job.state !== 'completed' ? 1 : 0;
  } finally {
    if (isTty) process.stdout.write('\r\u001b[K');
    print(style.dim('Stopping …'));
    await stack.close();
  }
}

/** The user's file, or the sample, from the drop to its results. The sample is read once in a state folder's life. */
async function runFile(
  stack: Stack,
  client: JobClient,
  options: StartOptions,
  shown: Set<string>,
  stop: AbortSignal,
): Promise<JobView | undefined> {
  const file = options.file ?? sample;
  const name = basename(file);
  const before = options.file === undefined ? await client.newest(name, '') : undefined;
  const since = before?.createdAt ?? new Date().toISOString();
  if (before === undefined) await dropFile(stack.endpoint, file);
  const progress = openProgress(name, { isTty, width, write: (text) => process.stdout.write(text) }, style, Date.now);
  const seen = (job: JobView | undefined) => {
    if (job !== undefined) shown.add(job.id);
    progress.show(job);
  };
  const job = await watchJob(client, () => client.newest(name, since), seen, stop);
  progress.clear();
  if (job !== undefined) await showJob(stack, client, job);
  return job;
}

/** A job that somebody else began: told in its turn. */
async function showLater(stack: Stack, client: JobClient, jobId: string, shown: Set<string>): Promise<void> {
  shown.add(jobId);
  try {
    await showJob(stack, client, await client.job(jobId));
  } catch (error) {
    print(style.dim(`${jobId} has ended, but could not be shown: ${messageOf(error)}`));
  }
}

async function showJob(stack: Stack, client: JobClient, job: JobView): Promise<void> {
  const anomalies = job.anomalies > 0 ? await client.anomalies(job.id, topAnomalies) : [];
  print('', ...renderJob(toEnded(job), anomalies, style, width));
  if (job.state === 'failed') return;
  const path = await saveResults(stack.state, job.name, await client.resultsLink(job.id));
  print('', `  ${style.bold('Results')}  ${shortPath(path)}`);
}

function toEnded(job: JobView): EndedJob {
  const { state, createdAt, endedAt = createdAt } = job;
  const ended = state === 'completed' || state === 'completed-with-failures' ? state : 'failed';
  return { ...job, state: ended, ms: Date.parse(endedAt) - Date.parse(createdAt) };
}

function printAddresses({ url, endpoint, apiKey }: Stack, options: StartOptions): void {
  const label = (text: string) => `  ${style.bold(text.padEnd(8))} `;
  const body = `{"log_entries":["User User123 logged in.","kernel: Out of memory: Killed process 4121 (java)"]}`;
  print(
    style.bold('logsieve') + style.dim(`  ${url}`),
    '',
    `${label('API')}${url}   ${style.dim('header x-api-key')}`,
    `${label('S3')}${endpoint}   ${style.dim('also SQS, DynamoDB and Lambda, for any AWS client')}`,
    `${label('Key')}${apiKey}   ${style.dim(`kept in ${shortPath(join(options.state, 'api-key'))}`)}`,
    `${label('Ask')}curl -s ${url}/v1/classify -H 'x-api-key: ${apiKey}' -d '${body}'`,
    `${label('Drop')}curl -T FILE.csv ${endpoint}/uploads/incoming/local/`,
    '',
  );
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

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
  if (options === 'help') {
    print(usage);
    return 0;
  }
  return start(options, stopOnSignals());
}

try {
  process.exitCode = await main();
} catch (error) {
  if (isTty) process.stdout.write('\r\u001b[K');
  const known = error instanceof UsageError || error instanceof StateInUse || error instanceof PortTaken;
  const more = error instanceof PortTaken ? ` Choose another one: npm start -- --port ${error.port + 10}` : '';
  console.error(known ? `${error.message}${more}` : error);
  process.exitCode = 1;
}
