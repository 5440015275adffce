import * as z from 'zod';
import { InvalidInput } from './domain/errors.ts';
import { LIMITS } from './domain/limits.ts';
import { quotasSchema } from './domain/quota.ts';

/** Origins of web pages that may call the API, with spaces between; none by default. */
export const corsOriginsSchema = z
  .string()
  .default('')
  .transform((text) => text.split(' ').filter((origin) => origin !== ''));

/** What a function reads from its environment. Both builders set every name; this is the only place that reads them. */
const configSchema = z.object({
  UPLOADS_BUCKET: z.string().min(3),
  DATA_BUCKET: z.string().min(3),
  JOBS_TABLE: z.string().min(3),
  PAGES_TABLE: z.string().min(3),
  CACHE_TABLE: z.string().min(3),
  ACCESS_TABLE: z.string().min(3),
  COUNTERS_TABLE: z.string().min(3),
  UPLOADS_QUEUE_URL: z.url(),
  CHUNKS_SMALL_QUEUE_URL: z.url(),
  CHUNKS_BULK_QUEUE_URL: z.url(),
  FINISHED_QUEUE_URL: z.url(),
  /** Buckets in the path instead of the host name: for S3 at an address of one's own (AWS_ENDPOINT_URL_S3). */
  S3_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  /** Where the models lie: `models/` of this repository, or of the image. */
  MODELS_FOLDER: z.string().default('models'),
  /** What the build put beside a bundle: the documentation pages' files, the plots' font. Beside it in a deployment. */
  ASSETS_FOLDER: z.string().default('assets'),
  /** A folder with a natural-language-inference cross-encoder; without one the embedding's similarity answers zero-shot. */
  ENTAILMENT_FOLDER: z.string().optional(),
  /** Threads of one inference session; 0 means all cores. */
  INFERENCE_THREADS: z.coerce.number().int().min(0).max(64).default(0),
  /** Days that jobs, verdicts and results are kept; the data bucket's objects go by the same setting of its stage. */
  RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(LIMITS.leastRetentionDays)
    .max(LIMITS.mostRetentionDays)
    .default(LIMITS.retentionDays),
  ANOMALY_THRESHOLD: z.coerce.number().min(0).max(1).default(0.5),
  /** A second folder of models, and the share of jobs that it judges: a trial of models, or of labels and rules. */
  SPLIT_MODELS_FOLDER: z.string().optional(),
  SPLIT_MODELS_SHARE: z.coerce.number().gt(0).lt(1).default(0.1),
  /** Which log groups belong to whom: JSON `[{"prefix": "/aws/ecs/", "tenant": "platform"}]`; `exact`: the group of that very name; `account`: of that account alone, which a deployment always says. */
  LOG_GROUPS: z
    .string()
    .default('[]')
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(
      z.array(
        z.strictObject({
          prefix: z.string().min(1),
          tenant: z.string(),
          account: z.string().optional(),
          exact: z.boolean().optional(),
        }),
      ),
    ),
  CORS_ORIGINS: corsOriginsSchema,
  /** Log groups whose names begin with this are our own and are refused. */
  OWN_LOG_GROUP_PREFIX: z.string().min(1).default('/aws/lambda/logsieve-'),
  /** What tenants may use: JSON `{"everyone": {"linesPerDay": 1000000}, "tenants": {"acme": {"requestsPerMinute": 600}}}`. */
  QUOTAS: z
    .string()
    .default('{}')
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(quotasSchema),
  /** US dollars for a million tokens read and written, for estimates of what the language model costs; Groq's price of LLM_MODEL's default. */
  LLM_INPUT_USD_PER_MILLION: z.coerce.number().nonnegative().default(0.59),
  LLM_OUTPUT_USD_PER_MILLION: z.coerce.number().nonnegative().default(0.79),
  /** Where errors of our functions are sent besides the log: a collector's OTLP over HTTP, its headers in a secret, Sentry. */
  ERRORS_OTLP_ENDPOINT: z.url().optional(),
  ERRORS_OTLP_HEADERS_SECRET_ARN: z.string().optional(),
  ERRORS_SENTRY_DSN: z.url().optional(),
  /** LLM: an OpenAI-compatible address; without a key the stage is off. */
  GROQ_API_KEY: z.string().optional(),
  LLM_SECRET_ARN: z.string().optional(),
  LLM_BASE_URL: z.url().optional(),
  LLM_MODEL: z.string().default('llama-3.3-70b-versatile'),
});
export type Config = z.infer<typeof configSchema>;

/** Throws `InvalidInput('config')` that names every variable at fault. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return parseEnvironment(configSchema, environment);
}

function parseEnvironment<Schema extends z.ZodType>(schema: Schema, environment: NodeJS.ProcessEnv): z.infer<Schema> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new InvalidInput(
    'config',
    `environment: ${issues.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    { issues },
  );
}

export interface LanguageModelSettings {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly model: string;
}

/** The language model's part of the environment, for commands that run without the service; undefined without a key. */
export function readLanguageModelSettings(environment: NodeJS.ProcessEnv): LanguageModelSettings | undefined {
  const names = { GROQ_API_KEY: true, LLM_BASE_URL: true, LLM_MODEL: true } as const;
  const { GROQ_API_KEY, LLM_BASE_URL, LLM_MODEL } = parseEnvironment(configSchema.pick(names), environment);
  if (GROQ_API_KEY === undefined) return undefined;
  return { apiKey: GROQ_API_KEY, baseUrl: LLM_BASE_URL, model: LLM_MODEL };
}

/**
 * onnxruntime from 1.29 on reports its use to Microsoft from Linux and macOS, and keeps a device id and a database under
 * `~/.cache`, unless this is set before its first session. Nothing here calls out unasked. To be said on the main
 * thread: a worker's `process.env` is a copy that native code does not see.
 */
export function refuseTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}
