import { prices } from '../prices.ts';
import { type FunctionName, functions } from '../topology.ts';
import { ASSUMED } from './assumed.ts';
import type { MeasuredRun, Measures } from './measures.ts';

export type Architecture = keyof typeof prices.lambdaGbSecond;

/** Dollars for a million lines, by what is paid for. */
export interface MillionLines {
  readonly judging: number;
  readonly otherFunctions: number;
  readonly waiting: number;
  readonly pages: number;
  readonly cache: number;
  readonly otherDynamo: number;
  readonly objects: number;
  readonly queues: number;
  readonly logs: number;
  readonly keeping: number;
}

const GB = 1e9;
/** What a dropped file goes through. The rest of what was measured answered whoever asked how far it was. */
export const WAY: readonly string[] = ['ingest-upload', 'classify-worker', 'finish-job'];
const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

/** What a run of the measures comes to for a million such lines. The run's own overhead is multiplied with it. */
export function costOfMillion(run: MeasuredRun, architecture: Architecture): MillionLines {
  const times = 1e6 / run.lines;
  const gbSecond = prices.lambdaGbSecond[architecture];
  const { usage } = run;
  const onWay = Object.entries(run.cpu).filter(([name]) => WAY.includes(name));
  const gbSeconds = onWay.map(([name, cpu]) => [name, gbSecondsOf(name, cpu)] as const);
  const sumOf = (isWanted: (name: string) => boolean) =>
    gbSeconds.reduce((sum, [name, value]) => sum + (isWanted(name) ? value : 0), 0);
  const waitGbSeconds = usage.calls * ASSUMED.callSeconds * (functions['classify-worker'].memoryMb / 1_024);
  const other = usage.dynamoWriteUnits - usage.pageWriteUnits - usage.cacheWriteUnits;
  const logBytes = run.logBytes + usage.messages * ASSUMED.lambdaLogBytes;
  return {
    judging: times * sumOf((name) => name === 'classify-worker') * gbSecond,
    otherFunctions:
      times * (sumOf((name) => name !== 'classify-worker') * gbSecond + usage.messages * prices.lambdaRequest),
    waiting: times * waitGbSeconds * gbSecond,
    pages: times * usage.pageWriteUnits * prices.dynamoWriteUnit,
    cache: times * usage.cacheWriteUnits * prices.dynamoWriteUnit,
    otherDynamo: times * (other * prices.dynamoWriteUnit + usage.dynamoReadUnits * prices.dynamoReadUnit),
    objects: times * (usage.s3Puts * prices.s3Put + usage.s3Gets * prices.s3Get),
    // Sent, received, deleted.
    queues: times * usage.messages * 3 * prices.sqsRequest,
    logs: times * (logBytes / GB) * prices.logsGigabyte,
    keeping: times * keepingDollars(run),
  };
}

/** Source and results in S3 for a month, packed verdicts in DynamoDB with their backup. */
function keepingDollars({ sourceBytes, resultsBytes, verdictBytes }: MeasuredRun): number {
  const { s3Gigabyte, dynamoGigabyte, dynamoBackupGigabyte } = prices.monthly;
  return (
    ((sourceBytes + resultsBytes) / GB) * s3Gigabyte + (verdictBytes / GB) * (dynamoGigabyte + dynamoBackupGigabyte)
  );
}

/** A vCPU for every 1,769 MB. Our own thread has one at most; the others are taken to run after it, never beside it. */
function gbSecondsOf(name: string, { mainSeconds, otherSeconds }: MeasuredRun['cpu'][string]): number {
  if (!isFunction(name)) return 0;
  const { memoryMb } = functions[name];
  const cores = memoryMb / 1_769;
  const seconds = mainSeconds / Math.min(cores, 1) + otherSeconds / cores;
  return (seconds * memoryMb) / 1_024;
}

export function sumOfMillion(cost: MillionLines): number {
  return Object.values(cost).reduce((sum, dollars) => sum + dollars, 0);
}

/** The language model's own price for the patterns of a million lines, where every one that asks for it is answered. */
export function languageModelOfMillion(run: MeasuredRun, { languageModel }: Measures): number {
  const asked = (run.patterns / run.lines) * 1e6 * languageModel.askedShare;
  const tokens = (characters: number) => characters / ASSUMED.charactersPerToken;
  const { inputToken, outputToken } = prices.languageModel;
  return asked * (tokens(languageModel.sentChars) * inputToken + tokens(languageModel.receivedChars) * outputToken);
}
