import * as z from 'zod';
import { tenantSchema } from '../../lib/domain/job.ts';

/** What an owner may say with `cdk deploy -c logsieve='{...}'` or under `context.logsieve` in cdk.json. */
export const settingsSchema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,20}$/, 'lower case, as bucket names begin with it')
    .default('logsieve'),
  anomalyThreshold: z.number().min(0).max(1).default(0.5),
  /** Log groups that may be subscribed, by prefix of their name, and whose they are. */
  logGroups: z
    .array(
      z.strictObject({
        prefix: z.string().regex(/^[\w./#-]{1,512}$/),
        tenant: tenantSchema,
        account: z
          .string()
          .regex(/^\d{12}$/)
          .optional(),
      }),
    )
    .default([]),
  /** The language model's key lies in a secret the owner made; without one the stage is off. */
  llm: z
    .strictObject({
      secretArn: z.string().regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/),
      baseUrl: z.url().optional(),
      model: z.string().optional(),
    })
    .optional(),
  /** An SNS topic that is told of alarms. */
  alarmTopicArn: z.string().startsWith('arn:').optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Reads the `logsieve` context value: an object in cdk.json, text on the command line. Throws on anything unknown. */
export function readSettings(context: unknown): Settings {
  const value: unknown = typeof context === 'string' ? JSON.parse(context) : (context ?? {});
  return settingsSchema.parse(value);
}

/** A prefix under which our own groups fall would feed our logs back to us; the loop has no end. */
export function refuseOwnLogs(settings: Settings, ownPrefix: string): void {
  for (const { prefix } of settings.logGroups) {
    if (prefix.startsWith(ownPrefix) || ownPrefix.startsWith(prefix)) {
      throw new RangeError(
        `logGroups: "${prefix}" takes in our own log groups "${ownPrefix}*"; choose a longer prefix`,
      );
    }
  }
}
