import * as z from 'zod';
import { tenantSchema } from '../../../lib/domain/job.ts';

const account = z.string().regex(/^\d{12}$/, 'an account has 12 digits');
const groupName = z.string().regex(/^[\w./#-]{1,512}$/, 'not a name of a log group');

/**
 * Whose a log group is. `name`: one group of this account, for which the subscription is made. `prefix`: groups that
 * their owners subscribe themselves, also of another account.
 */
export const logGroupSchema = z.union(
  [
    z.strictObject({ name: groupName, tenant: tenantSchema }),
    z.strictObject({ prefix: groupName, tenant: tenantSchema, account: account.optional() }),
  ],
  {
    error:
      'a log group has a tenant (a-z, 0-9, -, 3 to 32 characters), and a name, or a prefix with or without account',
  },
);
export type LogGroupSetting = z.infer<typeof logGroupSchema>;

/** The language model's key lies in a secret the owner made; without one the stage is off. */
export const llmSchema = z
  .strictObject({
    secretArn: z
      .string({ error: 'the ARN of the secret that holds the API key' })
      .regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/, 'not the ARN of a secret'),
    baseUrl: z.url().optional(),
    model: z.string().min(1).optional(),
    /** US dollars for a million tokens read and written, for estimates; absent: those of Groq's usual model. */
    inputUsdPerMillion: z.number().nonnegative().optional(),
    outputUsdPerMillion: z.number().nonnegative().optional(),
  })
  .optional();

/** A path of the repository that goes into the image, which takes the folder `models` and nothing beside it. */
const repositoryPath = z.string().regex(/^models\/(?!.*\.\.)[\w][\w./@-]*$/, 'a path that begins with models/');

/** What goes into the image besides the starter model. */
export const modelsSchema = z
  .strictObject({
    /** Takes the place of models/labels.json and models/rules.json. */
    labels: repositoryPath.default('models/labels.json'),
    rules: repositoryPath.default('models/rules.json'),
    /** Folder of a natural-language-inference cross-encoder (`npm run models -- pull`), for labels nobody trained on. */
    entailment: repositoryPath.optional(),
    /** A second models folder judges this share of jobs; verdicts name the version that gave them. */
    split: z
      .strictObject({
        folder: repositoryPath,
        share: z.number().gt(0, 'a share is above 0').lt(1, 'a share is below 1'),
      })
      .optional(),
  })
  .prefault({});

/** An image that was built before, by digest; absent: it is built here, which takes a container engine. */
export const imageSchema = z
  .strictObject({
    repository: z.string().regex(/^[a-z0-9][a-z0-9._/-]{1,255}$/, 'the name of a repository of ECR in this account'),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hex digits; a tag can move'),
  })
  .optional();
