import * as z from 'zod';
import { buckets, functions, lostDeliveries, queues, tables } from '../../infra/topology.ts';
import { apiMethods } from './api-methods.ts';
import { DAY_SECONDS, HIDDEN_SECONDS, type Parts, say } from './parts.ts';
import type { Resource } from './synthesize.ts';

/** The logical id in a reference, whatever its shape: `Ref`, `Fn::GetAtt`, or a join of either. */
const referenceSchema = z.unknown().transform((value) => /"(\w+[0-9A-F]{8})"/.exec(JSON.stringify(value))?.[1] ?? '');
const keysSchema = z.array(z.object({ AttributeName: z.string() }));
const queueSchema = z.object({
  VisibilityTimeout: z.number().default(HIDDEN_SECONDS),
  MessageRetentionPeriod: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number(), deadLetterTargetArn: referenceSchema }).optional(),
});
const tableSchema = z.object({
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: keysSchema })).default([]),
});
const bucketSchema = z.object({
  NotificationConfiguration: z
    .object({
      QueueConfigurations: z.array(
        z.object({
          Queue: referenceSchema,
          Filter: z.object({ S3Key: z.object({ Rules: z.array(z.object({ Value: z.string() })) }) }),
        }),
      ),
    })
    .default({ QueueConfigurations: [] }),
});
const functionSchema = z.object({ Timeout: z.number(), MemorySize: z.number() });
const mappingSchema = z.object({
  FunctionName: referenceSchema,
  EventSourceArn: referenceSchema,
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});
const ruleSchema = z.object({
  ScheduleExpression: z.string().regex(/^rate\(\d+ minutes\)$/),
  Targets: z.tuple([z.object({ Arn: referenceSchema })]),
});

const KNOWN: readonly string[] = [
  ...Object.keys(queues).flatMap((name) => [name, `${name}-dead`]),
  lostDeliveries.queue,
  ...[tables, buckets, functions].flatMap((named) => Object.keys(named)),
];

/** Reads a template by what it says, not by how it was made. */
export function deployedParts(resources: readonly Resource[]): Parts {
  /** The topology's name of a resource: CDK's logical ids have no dashes, and a hash at the end. */
  const nameOf = (id: string): string => {
    const plain = id.replace(/[0-9A-F]{8}$/, '').replace(/(live|table|bucket)$/, '');
    return KNOWN.find((name) => name.replaceAll('-', '') === plain) ?? `unknown ${plain}`;
  };
  const all = <Schema extends z.ZodType>(
    type: string,
    schema: Schema,
    line: (name: string, properties: z.infer<Schema>) => string,
  ): Parts =>
    resources.flatMap((resource) =>
      resource.type === type ? [line(nameOf(resource.id), schema.parse(resource.properties))] : [],
    );
  return [
    ...all(
      'AWS::SQS::Queue',
      queueSchema,
      (name, { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy: redrive }) =>
        say.queue(
          name,
          VisibilityTimeout,
          MessageRetentionPeriod / DAY_SECONDS,
          redrive && { tries: redrive.maxReceiveCount, dead: nameOf(redrive.deadLetterTargetArn) },
        ),
    ),
    ...all('AWS::DynamoDB::Table', tableSchema, (name, { GlobalSecondaryIndexes }) =>
      say.table(
        name,
        GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) =>
          say.index(
            IndexName,
            KeySchema.map(({ AttributeName }) => AttributeName),
          ),
        ),
      ),
    ),
    ...all('AWS::S3::Bucket', bucketSchema, (name, { NotificationConfiguration: { QueueConfigurations } }) => {
      const told = QueueConfigurations.flatMap(({ Queue, Filter }) =>
        Filter.S3Key.Rules.map(({ Value }) => say.tells(Value, nameOf(Queue))),
      );
      return say.bucket(name, told.length === 0 ? undefined : told.join(' and '));
    }),
    ...all('AWS::Lambda::Function', functionSchema, (name, { Timeout, MemorySize }) =>
      say.function(name, Timeout, MemorySize),
    ),
    ...all('AWS::Lambda::EventSourceMapping', mappingSchema, (_, mapping) =>
      say.hears(nameOf(mapping.FunctionName), {
        queue: nameOf(mapping.EventSourceArn),
        batch: mapping.BatchSize,
        windowSeconds: mapping.MaximumBatchingWindowInSeconds,
        concurrency: mapping.ScalingConfig.MaximumConcurrency,
      }),
    ),
    ...all('AWS::Events::Rule', ruleSchema, (_, { ScheduleExpression, Targets: [{ Arn }] }) =>
      say.schedule(nameOf(Arn), Number(/\d+/.exec(ScheduleExpression)?.[0])),
    ),
    ...apiMethods(resources).flatMap(({ name, authorization, calls }) =>
      // What no route takes is another test's.
      name.startsWith('ANY ') ? [] : [say.route(name, nameOf(calls), authorization === 'NONE')],
    ),
  ].sort();
}
