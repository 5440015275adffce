import * as z from 'zod';
import type { Settings } from '../cdk/settings.ts';
import { prices } from '../prices.ts';
import { functions, queues } from '../topology.ts';
import { ASSUMED } from './assumed.ts';
import type { Measures } from './measures.ts';
import type { TemplateResource } from './template.ts';

/** What a stage costs in a month in which nothing happens. */
export interface IdleItem {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

const { monthly } = prices;
const minutesPerMonth = ASSUMED.hoursPerMonth * 60;
const { memoryMb: sweepMb, everyMinutes = 5 } = functions.sweep;
const sweepRuns = minutesPerMonth / everyMinutes;
const deadQueues = Object.keys(queues).length;

/** A poller's requests of a month. */
const pollsPerMonth = ASSUMED.pollsPerMinute * minutesPerMonth;
export const cappedQueueDollars: number = ASSUMED.pollersCapped * pollsPerMonth * prices.sqsRequest;
export const uncappedQueueDollars: number = ASSUMED.pollersUncapped * pollsPerMonth * prices.sqsRequest;

const mappingSchema = z.looseObject({
  Enabled: z.boolean().optional(),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.number() }).optional(),
});
const alarmSchema = z.looseObject({
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});
const ruleSchema = z.looseObject({ ScheduleExpression: z.string().optional() });
const endpointSchema = z.looseObject({
  VpcEndpointType: z.string().optional(),
  SubnetIds: z.array(z.unknown()).default([]),
});
const firewallSchema = z.looseObject({ Rules: z.array(z.unknown()).default([]) });

/** Itemised from the template itself; items that it has none of are listed with 0, so that stages compare. */
export function idleItems(
  resources: readonly TemplateResource[],
  settings: Settings,
  { sweep }: Measures,
): readonly IdleItem[] {
  const of = <Schema extends z.ZodType>(type: string, schema: Schema) =>
    resources.filter((resource) => resource.type === type).map(({ properties }) => schema.parse(properties));
  const item = (what: string, count: number, each: number): IdleItem => ({ what, count, dollars: count * each });

  const mappings = of('AWS::Lambda::EventSourceMapping', mappingSchema).filter(({ Enabled }) => Enabled !== false);
  const capped = mappings.filter(({ ScalingConfig }) => ScalingConfig !== undefined).length;
  const alarmMetrics = of('AWS::CloudWatch::Alarm', alarmSchema).map(metricsOf);
  const schedules = of('AWS::Events::Rule', ruleSchema).filter((rule) => rule.ScheduleExpression !== undefined);
  const endpoints = of('AWS::EC2::VPCEndpoint', endpointSchema).filter((each) => each.VpcEndpointType === 'Interface');
  const firewalls = of('AWS::WAFv2::WebACL', firewallSchema);
  return [
    item('queues polled by Lambda, with a cap on its consumers', capped, cappedQueueDollars),
    item('queues polled by Lambda, without a cap', mappings.length - capped, uncappedQueueDollars),
    item('the sweep, every five minutes', schedules.length, sweepDollars(settings, sweep)),
    item('its looks into the dead-letter queues', deadQueues, sweepRuns * prices.sqsRequest),
    item(
      'metrics that alarms read',
      alarmMetrics.reduce((sum, count) => sum + count, 0),
      monthly.alarmMetric,
    ),
    item('dashboards', of('AWS::CloudWatch::Dashboard', z.unknown()).length, monthly.dashboard),
    item('customer-managed keys', of('AWS::KMS::Key', z.unknown()).length, monthly.kmsKey),
    item('the secret with the language model’s key', settings.llm === undefined ? 0 : 1, monthly.secret),
    item('the image in ECR', 1, ASSUMED.imageGigabytes * monthly.ecrGigabyte),
    item(
      'interface endpoints, by subnet',
      endpoints.reduce((sum, { SubnetIds }) => sum + Math.max(SubnetIds.length, 1), 0),
      monthly.interfaceEndpoint,
    ),
    item('web firewalls', firewalls.length, monthly.webAcl),
    item(
      'rules of web firewalls',
      firewalls.reduce((sum, { Rules }) => sum + Rules.length, 0),
      monthly.webAclRule,
    ),
  ];
}

function metricsOf({ Metrics }: z.infer<typeof alarmSchema>): number {
  return Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
}

/** Calls to SQS were not measured: it is asked once for each dead-letter queue. */
function sweepDollars({ architecture }: Settings, sweep: Measures['sweep']): number {
  const seconds = sweep.cpuSeconds / (sweepMb / 1_769) + (sweep.calls + deadQueues) * ASSUMED.callSeconds;
  const gbSeconds = (seconds * sweepMb) / 1_024;
  const run =
    gbSeconds * prices.lambdaGbSecond[architecture] + prices.lambdaRequest + sweep.readUnits * prices.dynamoReadUnit;
  return sweepRuns * run;
}

export function sumOfIdle(items: readonly IdleItem[]): number {
  return items.reduce((sum, { dollars }) => sum + dollars, 0);
}
