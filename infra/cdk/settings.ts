import * as z from 'zod';
import { quotasSchema } from '../../lib/domain/quota.ts';
import { gateway, queues } from '../topology.ts';
import { imageSchema, llmSchema, logGroupSchema, modelsSchema } from './settings/judging.ts';
import { corsSchema, domainSchema, firewallSchema, vpcSchema } from './settings/network.ts';
import { alarmsSchema, budgetSchema, errorsSchema, retentionSchema } from './settings/watching.ts';

const queueNames: readonly string[] = Object.keys(queues);

const CAP = 'a cap is a whole number of 2 (SQS takes none below) to 1,000, or uncapped';

/** How many functions may run at once for each queue's sake, and what the account allows. */
const concurrencySchema = z
  .strictObject({
    /** Concurrent executions of the account (`npm run preflight`); with it the caps are checked against it. */
    account: z.int().min(10).max(1_000_000).optional(),
    /** Kept free for the API. */
    reserve: z.int().min(0).max(100_000).default(2),
    /**
     * Caps by queue; `uncapped` saves the price of a cap (docs/COST.md), and a flood on that queue then takes all that the
     * account runs at once, from the API too.
     */
    queues: z
      .record(z.string(), z.union([z.literal('uncapped'), z.int().min(2, CAP).max(1_000, CAP)], { error: CAP }))
      .refine((caps) => Object.keys(caps).every((name) => queueNames.includes(name)), {
        error: `there are the queues ${queueNames.join(', ')}`,
      })
      .default({}),
  })
  .prefault({});

/** What an owner may say: in infra/config/STAGE.ts, and over it with `-c logsieve='{...}'`. Every key has a default or is optional. */
export const settingsSchema = z.strictObject({
  /** Begins every name, so that two stages fit into one account. */
  stackName: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,20}$/, '3 to 21 of a-z, 0-9 and -, a letter first, as bucket names begin with it')
    .default('logsieve'),
  /** Given both, the stack refuses to go anywhere else. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'an account has 12 digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not a region')
    .optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** Of every role the stack makes. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'not the ARN of a managed policy')
    .optional(),
  terminationProtection: z.boolean().default(false),
  /** What becomes of buckets and of the tables jobs, pages and access when the stack is destroyed. */
  removal: z.enum(['retain', 'destroy']).default('retain'),
  /** A customer-managed key for buckets, tables, queues, logs and the alarms' topic: `create`, or the ARN of one whose policy is the owner's. */
  encryptionKey: z
    .union([z.literal('create'), z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/)], {
      error: 'create, or the ARN of a key',
    })
    .optional(),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** How new code takes over: a tenth of the calls for five minutes and back on an alarm, or all at once. */
  rollout: z.enum(['canary', 'at-once']).default('at-once'),
  /** False where another stack of the account and region has given API Gateway its role for logs. */
  gatewayLogRole: z.boolean().default(true),

  anomalyThreshold: z
    .number()
    .min(0, 'a threshold lies between 0 and 1')
    .max(1, 'a threshold lies between 0 and 1')
    .default(0.5),
  logGroups: z.array(logGroupSchema).max(100).default([]),
  llm: llmSchema,
  models: modelsSchema,
  image: imageSchema,
  concurrency: concurrencySchema,

  throttle: z
    .strictObject({
      perSecond: z.number().positive().max(10_000).default(gateway.throttle.perSecond),
      burst: z.int().positive().max(5_000).default(gateway.throttle.burst),
      /** Of each method that runs the models while the caller waits. */
      classifyPerSecond: z.number().positive().max(10_000).default(500),
    })
    .prefault({}),
  domain: domainSchema.optional(),
  cors: corsSchema,
  /** What tenants may use: `{everyone: {linesPerDay, requestsPerMinute}, tenants: {acme: {…}}}`. */
  quotas: quotasSchema.optional(),
  vpc: vpcSchema,
  firewall: firewallSchema,

  retention: retentionSchema,
  alarms: alarmsSchema,
  budget: budgetSchema,
  errors: errorsSchema,
});
export type Settings = z.infer<typeof settingsSchema>;
/** What a file of infra/config holds. */
export type StageSettings = z.input<typeof settingsSchema>;
