import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { buckets, type FunctionName, functions, queues, tables } from '../topology.ts';
import { queueUrl } from './queues.ts';
import { localCredentials, localRegion } from './signature.ts';
import { localTenant } from './tenant.ts';

const root = resolve(import.meta.dirname, '../..');

export interface LocalSettings {
  /** The emulators' address. */
  readonly endpoint: string;
  readonly inferenceThreads: number;
  /** The owner's own settings that go through to functions (`GROQ_API_KEY`, `LLM_BASE_URL`, ...). */
  readonly passedOn: Readonly<Record<string, string>>;
}

/** What of the owner's environment (or `.env`) functions get to see; the key for the language model only where the topology gives that secret. */
const passedOnNames = [
  'QUOTAS',
  'CORS_ORIGINS',
  'LLM_INPUT_USD_PER_MILLION',
  'LLM_OUTPUT_USD_PER_MILLION',
  'ANOMALY_THRESHOLD',
  'LOG_GROUPS',
  'ENTAILMENT_FOLDER',
  'LLM_BASE_URL',
  'LLM_MODEL',
  'GROQ_API_KEY',
] as const;

export function ownersSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(passedOnNames.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

/** The cross-encoder's folder, where the owner names one; a relative one is of the repository. */
export function entailmentFolderOf(settings: Readonly<Record<string, string>>): string | undefined {
  const { ENTAILMENT_FOLDER: folder } = settings;
  return folder ? resolve(root, folder) : undefined;
}

/** `CHUNKS_SMALL` of `chunks-small`. */
const upper = (name: string) => name.replaceAll('-', '_').toUpperCase();

/** A function's whole environment: the names that lib/config.ts reads, and where the SDK finds the emulators. */
export function functionEnvironment(name: FunctionName, settings: LocalSettings): Record<string, string> {
  const { endpoint } = settings;
  const { GROQ_API_KEY, ...passedOn } = settings.passedOn;
  const entailmentFolder = entailmentFolderOf(passedOn);
  const logGroups = JSON.stringify([{ prefix: '/', tenant: localTenant }]);
  const named = (names: readonly string[], suffix: string, value: (name: string) => string) =>
    Object.fromEntries(names.map((each) => [`${upper(each)}_${suffix}`, value(each)]));
  return {
    LOG_GROUPS: logGroups,
    ...passedOn,
    // Functions run in folders of their own.
    ...(entailmentFolder ? { ENTAILMENT_FOLDER: entailmentFolder } : {}),
    ...(functions[name].secret === 'llm' && GROQ_API_KEY ? { GROQ_API_KEY } : {}),
    ...named(Object.keys(buckets), 'BUCKET', (each) => each),
    ...named(Object.keys(tables), 'TABLE', (each) => each),
    ...named(Object.keys(queues), 'QUEUE_URL', (each) => queueUrl(endpoint, each)),
    S3_PATH_STYLE: 'true',
    MODELS_FOLDER: resolve(root, 'models'),
    ASSETS_FOLDER: resolve(root, 'dist/functions', name, 'assets'),
    INFERENCE_THREADS: String(settings.inferenceThreads),
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    // Nothing here may go looking for an account's credentials or another machine's metadata.
    AWS_EC2_METADATA_DISABLED: 'true',
    // The SDK looks for its settings at home: not in the owner's, and a container's user may have none.
    HOME: tmpdir(),
    NODE_ENV: 'production',
    TZ: 'UTC',
  };
}
