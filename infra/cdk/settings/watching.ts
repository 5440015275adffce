import * as z from 'zod';
import { LIMITS } from '../../../lib/domain/limits.ts';

/** Days that CloudWatch Logs can keep a group. */
export const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

const RESULT_DAYS = `whole days from ${LIMITS.leastRetentionDays}, as a job may take a week, to ${LIMITS.mostRetentionDays}`;

export const retentionSchema = z
  .strictObject({
    logDays: z
      .literal(LOG_DAYS, { error: `CloudWatch Logs keeps a group for one of ${LOG_DAYS.join(', ')} days` })
      .default(30),
    /** Jobs, verdicts, results and the versions of uploads that were replaced. What is there keeps the time it was given; objects follow at once. */
    resultDays: z
      .int(RESULT_DAYS)
      .min(LIMITS.leastRetentionDays, RESULT_DAYS)
      .max(LIMITS.mostRetentionDays, RESULT_DAYS)
      .default(LIMITS.retentionDays),
    /** Uploaded files go after so many days; absent: they stay. A job can be judged again only while its source is there. */
    uploadDays: z.int().max(36_500).optional(),
  })
  .prefault({})
  .refine(({ resultDays, uploadDays }) => uploadDays === undefined || uploadDays > resultDays, {
    path: ['uploadDays'],
    error: 'uploads stay longer than the jobs that read them (resultDays), which may be replayed as long',
  });

/** `few`: one for trouble of any kind, one for lateness. An alarm costs $0.10 a month for each metric it reads. */
export const ALARM_LEVELS = ['all', 'few', 'none'] as const;

export const alarmsSchema = z
  .strictObject({
    level: z.enum(ALARM_LEVELS).default('all'),
    /** Gets a mail for each alarm, once it has confirmed the first. */
    email: z.email('not an e-mail address').optional(),
    /** A topic of the owner's instead. If it is encrypted, its key must let CloudWatch in. */
    topicArn: z
      .string()
      .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'not the ARN of an SNS topic')
      .optional(),
    /** A CloudWatch dashboard: $3 a month. */
    dashboard: z.boolean().default(true),
    /** Our own estimate of a day's spending, in dollars, above which an alarm speaks. */
    dailyUsd: z.number().positive().max(100_000).default(20),
  })
  .prefault({})
  .refine(({ email, topicArn }) => email === undefined || topicArn === undefined, {
    path: ['email'],
    error: 'give an e-mail address or a topic of your own, not both',
  });

/** AWS Budgets on the stack's tag `logsieve`; it counts nothing until that tag is activated as a cost allocation tag. */
export const budgetSchema = z
  .strictObject({
    monthlyUsd: z.number().positive().max(10_000_000),
    email: z.email('not an e-mail address'),
  })
  .optional();

/** Where errors in our functions' logs are sent besides: a collector of OpenTelemetry, Sentry, or both. */
export const errorsSchema = z
  .strictObject({
    /** Base address of OTLP over HTTP; `/v1/logs` is added. */
    otlpEndpoint: z.url({ protocol: /^https$/, error: 'an address that begins with https://' }).optional(),
    /** A secret that holds the headers to send, as a JSON object. */
    otlpHeadersSecretArn: z
      .string()
      .regex(/^arn:[\w-]+:secretsmanager:/, 'not the ARN of a secret')
      .optional(),
    sentryDsn: z
      .string()
      .regex(/^https:\/\/[0-9a-zA-Z]+@[\w.:-]+(\/[\w/-]+)?\/\d+$/, 'not a DSN of Sentry: https://KEY@HOST/PROJECT')
      .optional(),
  })
  .refine(({ otlpEndpoint, sentryDsn }) => otlpEndpoint !== undefined || sentryDsn !== undefined, {
    error: 'name an otlpEndpoint or a sentryDsn',
  })
  .optional();
