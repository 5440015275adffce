import { type Settings, type StageSettings, settingsSchema } from '../cdk/settings.ts';
import { settings as standard } from '../config/default.ts';
import { settings as minimal } from '../config/minimal.ts';
import { settings as production } from '../config/production.ts';
import { prices } from '../prices.ts';
import { routes } from '../topology.ts';
import { ASSUMED } from './assumed.ts';
import { cappedQueueDollars, type IdleItem, idleItems, sumOfIdle, uncappedQueueDollars } from './idle.ts';
import type { MeasuredRun, Measures } from './measures.ts';
import { costOfMillion, languageModelOfMillion, type MillionLines, sumOfMillion, WAY } from './per-million.ts';
import { resourcesOf } from './template.ts';

const STAGES: Readonly<Record<string, StageSettings>> = { minimal, default: standard, production };

const WHAT: Readonly<Record<keyof MillionLines, string>> = {
  judging: 'judging: masking, cache, models (`classify-worker`)',
  otherFunctions: 'the other functions, and all invocations',
  waiting: 'waiting for S3, SQS and DynamoDB',
  pages: 'writing verdicts (pages)',
  cache: 'writing the verdict cache',
  otherDynamo: 'other writes and all reads of DynamoDB',
  objects: 'requests to S3',
  queues: 'messages (sent, received, deleted)',
  logs: 'our own logs',
  keeping: 'keeping source, results and verdicts for a month',
};

/** docs/COST.md, from what was measured, infra/prices.ts and the templates of infra/config. */
export function costPage(measures: Measures): string {
  return `${[
    head(measures),
    millionLines(measures),
    details(measures),
    idle(measures),
    options(),
    assumptions(measures),
  ].join('\n\n')}\n`;
}

function head({ date, machine }: Measures): string {
  return `# What it costs

Made by \`npm run cost\` from [measured figures](../infra/cost/measures.json) and [public prices](../infra/prices.ts) (us-east-1, 2026-11, dollars, no free tier); a test holds this page to them. \`npm run cost:measure\` measures anew.

Measured ${date} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load}: files through the whole laptop stack, which runs the deployed bundles. CPU is that of the functions' processes, requests and DynamoDB units are counted on the wire. A core of that machine is taken for a vCPU; on a busy machine, CPU is rather more than it would be alone.`;
}

function millionLines(measures: Measures): string {
  const rows = measures.runs.map((run) => {
    const [x86, arm] = [sumOfMillion(costOfMillion(run, 'x86_64')), sumOfMillion(costOfMillion(run, 'arm64'))];
    const llm = languageModelOfMillion(run, measures);
    return [percent(run.repeated), dollars(x86), dollars(arm), dollars(llm), dollars(x86 + llm)];
  });
  const goal = measures.runs.find(({ repeated }) => repeated === 0.99);
  const reached = goal === undefined ? undefined : sumOfMillion(costOfMillion(goal, 'x86_64'));
  return `## A million lines

${table(['lines whose pattern came before', 'without the language model, x86_64', 'arm64', 'the language model alone', 'with it, x86_64'], rows)}

The goal of under $0.10 at 99 % is ${reached !== undefined && reached < 0.1 ? 'met' : 'missed'}. Real logs repeat: 99 % is common, 0 % is a made-up worst case in which every line is a new sentence.

The language model is asked only for patterns that no earlier stage is sure of (${percent(measures.languageModel.askedShare)} of the sample's), once for each, and at most so many calls an hour as \`callsPerHour\` of \`models/labels.json\` says: a flood of new patterns stops there, not at the price above.`;
}

function details(measures: Measures): string {
  const costs = measures.runs.map((run) => costOfMillion(run, 'x86_64'));
  const keys = Object.keys(WHAT).filter((key): key is keyof MillionLines => key in WHAT);
  const rows = keys.map((key) => [WHAT[key], ...costs.map((cost) => dollars(cost[key]))]);
  const figure = (what: string, value: (run: MeasuredRun) => string) => [what, ...measures.runs.map(value)];
  const perLine = (value: number, { lines }: MeasuredRun) => number(value / lines);
  const cpu = (name: string) => (run: MeasuredRun) => {
    const { mainSeconds, otherSeconds } = run.cpu[name] ?? { mainSeconds: 0, otherSeconds: 0 };
    return perLine((mainSeconds + otherSeconds) * 1_000, run);
  };
  const shares = measures.runs.map(({ repeated }) => percent(repeated));
  return `Where it goes (x86_64):

${table(['', ...shares], rows)}

What was measured, per line (files of ${measures.runs[0]?.lines.toLocaleString('en-US')} lines; small files cost more per line than large ones):

${table(
  ['', ...shares],
  [
    ...WAY.map((name) => figure(`CPU of \`${name}\`, ms`, cpu(name))),
    figure('bytes of source', (run) => perLine(run.sourceBytes, run)),
    figure('bytes of results', (run) => perLine(run.resultsBytes, run)),
    figure('bytes of verdict, packed', (run) => perLine(run.verdictBytes, run)),
    figure('write units of DynamoDB', (run) => perLine(run.usage.dynamoWriteUnits, run)),
    figure('read units of DynamoDB', (run) => perLine(run.usage.dynamoReadUnits, run)),
    figure('bytes of our own logs', (run) => perLine(run.logBytes, run)),
  ],
)}

Besides: \`POST /v1/classify\` and every other request ${dollars(prices.restApiRequest * 1e6)} a million for the gateway. Uploads go to S3 by links and do not pass the gateway.`;
}

function idle(measures: Measures): string {
  const stages = Object.entries(STAGES).map(([name, given]) => {
    const settings: Settings = settingsSchema.parse(given);
    return { name, items: idleItems(resourcesOf(settings), settings, measures) };
  });
  const cell = ({ count, dollars: sum }: IdleItem) => (count === 0 ? '–' : `${count}: ${dollars(sum)}`);
  const rows = (stages[0]?.items ?? []).map(({ what }, index) => [
    what,
    ...stages.map(({ items }) => (items[index] === undefined ? '–' : cell(items[index]))),
  ]);
  const sums = stages.map(({ items }) => sumOfIdle(items));
  const least = sums[0] ?? 0;
  return `## A month in which nothing happens

Counted from the templates of [\`infra/config\`](../infra/config):

${table(['', ...stages.map(({ name }) => `\`${name}\``)], [...rows, ['**together**', ...sums.map((sum) => `**${dollars(sum)}**`)]])}

The goal of under $1 for \`minimal\` is ${least < 1 ? 'met' : 'missed'}. With the free tier that every account keeps (a million requests to SQS, ten alarms, three dashboards, 400,000 GB-seconds) it is less. API Gateway, Lambda, DynamoDB on demand, S3, log groups and metrics out of log lines cost nothing while nothing happens. No metric has a tenant for a dimension: their number does not grow with the owners of lines. In a month with trouble the metric by which \`minimal\` counts it costs ${dollars(prices.monthly.customMetric)} more.

A queue that Lambda polls costs although it is empty: with a cap on its consumers Lambda keeps ${ASSUMED.pollersCapped} pollers, ${dollars(cappedQueueDollars)} a month; without, it can go down to ${ASSUMED.pollersUncapped}, ${dollars(uncappedQueueDollars)} ([AWS on scaling](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html)). \`minimal\` leaves the cap off two queues (\`concurrency.queues\`); what that may do to a small account: [DEPLOY.md](DEPLOY.md#settings).`;
}

function options(): string {
  const { monthly } = prices;
  const month = (value: number) => `${dollars(value)} a month`;
  return `## Options and their prices

${table(
  ['option', 'price'],
  [
    ['a metric that an alarm reads (`alarms.level`)', month(monthly.alarmMetric)],
    [
      'a cap on the consumers of a queue (`concurrency.queues`; all but two of `minimal` have one)',
      month(cappedQueueDollars - uncappedQueueDollars),
    ],
    ['dashboard (`alarms.dashboard`)', month(monthly.dashboard)],
    ['a metric out of log lines, in a month in which it counts', month(monthly.customMetric)],
    [
      `the gateway’s metrics by method, for each of the ${routes.length} routes that is called`,
      month(ASSUMED.metricsPerMethod * monthly.customMetric),
    ],
    ['a key of your own (`encryptionKey: create`)', `${month(monthly.kmsKey)}, and $0.03 for 10,000 requests`],
    ['the language model’s secret (`llm`)', `${month(monthly.secret)}, and the tokens above`],
    ['an interface endpoint in one subnet (`vpc.endpoints`)', month(monthly.interfaceEndpoint)],
    ['gateway endpoints for S3 and DynamoDB', 'nothing'],
    [
      'a NAT gateway of yours, which the language model needs in a VPC',
      `${month(monthly.natGateway)}, and ${dollars(prices.natGigabyte)} a GB`,
    ],
    [
      'web firewall (`firewall`) with its two rules',
      `${month(monthly.webAcl + 2 * monthly.webAclRule)}, and ${dollars(prices.wafRequest * 1e6)} a million requests`,
    ],
    ['a budget of AWS Budgets (`budget`)', 'nothing'],
    ['a domain of your own (`domain`)', 'nothing but its zone in Route 53, $0.50 a month'],
    ['point-in-time recovery of the tables', `${dollars(monthly.dynamoBackupGigabyte)} a GB and month`],
    ['an image of larger models (`models.entailment`)', `${dollars(monthly.ecrGigabyte)} a GB and month`],
  ],
)}`;
}

function assumptions(measures: Measures): string {
  return `## Taken to be so

What an account would show and a laptop cannot ([\`infra/cost/assumed.ts\`](../infra/cost/assumed.ts)):

- A call to S3, SQS or DynamoDB is waited for ${ASSUMED.callSeconds * 1_000} ms, one after the other, at the worker's memory.
- A function has a vCPU for each 1,769 MB; inference never runs beside our own code, so that its time comes on top.
- A token is ${ASSUMED.charactersPerToken} characters. A pattern sends ${measures.languageModel.sentChars} characters with its share of the prompt, and gets ${measures.languageModel.receivedChars} back.
- Lambda writes ${ASSUMED.lambdaLogBytes} bytes of log for a call; a million lines are 50 files of the measured size.
- A month has ${ASSUMED.hoursPerMonth} hours; the image is ${ASSUMED.imageGigabytes} GB compressed, and old ones are deleted.
- Not in it: data going out to the internet ($0.09 a GB, results you download), other regions (up to a third more), taxes.`;
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;

/** Three significant digits, and never a nought that is none. */
function dollars(value: number): string {
  if (value === 0) return '$0';
  if (value < 0.0001) return 'under $0.0001';
  return `$${value >= 0.1 ? value.toFixed(2) : Number(value.toPrecision(2)).toString()}`;
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(2)).toString();
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
