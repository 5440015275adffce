import { join, relative } from 'node:path';
import type { JobClient, JobView } from './job-client.ts';
import { type EndedJob, renderJob } from './job-screen.ts';
import { saveResults } from './save-results.ts';
import { chooseStyle } from './screen.ts';
import type { Stack } from './stack.ts';

/** Anomalies shown after a job. */
const topAnomalies = 8;

/** The terminal or file that this program prints to. */
export const terminal = {
  isTty: process.stdout.isTTY === true,
  width: Math.min(Math.max(process.stdout.columns || 120, 60), 160),
  style: chooseStyle({ isTty: process.stdout.isTTY === true, noColor: Boolean(process.env.NO_COLOR) }),
  write: (text: string) => void process.stdout.write(text),
  print: (...lines: string[]) => void process.stdout.write(`${lines.join('\n')}\n`),
  /** Takes the line away that stands without an end. */
  clearLine: () => process.stdout.isTTY === true && process.stdout.write('\r\u001b[K'),
};
const { style, print } = terminal;

/** A path as one would type it from here. */
export const shortPath = (path: string) => (relative('', path).startsWith('..') ? path : relative('', path));

/** Where everything is, with lines to paste. */
export function showAddresses({ url, endpoint, apiKey, state }: Stack): void {
  const label = (text: string) => `  ${style.bold(text.padEnd(6))}  `;
  const body = '{"log_entries":["User User123 logged in.","kernel: Out of memory: Killed process 4121 (java)"]}';
  print(
    style.bold('logsieve'),
    '',
    `${label('API')}${url}`,
    `${label('S3')}${endpoint}  ${style.dim('also SQS, DynamoDB and Lambda, for any AWS client')}`,
    `${label('Key')}${apiKey}  ${style.dim(`kept in ${shortPath(join(state, 'api-key'))}`)}`,
    `${label('Logs')}${shortPath(join(state, 'logs'))}`,
    '',
    `${label('Ask')}curl -s ${url}/v1/classify -H 'x-api-key: ${apiKey}' \\`,
    `${label('')}  -d '${body}'`,
    `${label('Drop')}curl -T FILE.csv ${endpoint}/uploads/incoming/local/`,
    '',
  );
}

/** A job that has ended: its counts and worst anomalies, and its results file, which is saved beside the state. */
export async function showJob(stack: Stack, client: JobClient, job: JobView): Promise<void> {
  const anomalies = job.anomalies > 0 ? await client.anomalies(job.id, topAnomalies) : [];
  print('', ...renderJob(toEnded(job), anomalies, style, terminal.width));
  if (job.state === 'failed') return;
  const path = await saveResults(stack.state, job.name, await client.resultsLink(job.id));
  print('', `  ${style.bold('Results')}  ${shortPath(path)}`);
}

function toEnded(job: JobView): EndedJob {
  const { state, createdAt, endedAt = createdAt } = job;
  const ended = state === 'completed' || state === 'completed-with-failures' ? state : 'failed';
  return { ...job, state: ended, ms: Date.parse(endedAt) - Date.parse(createdAt) };
}
