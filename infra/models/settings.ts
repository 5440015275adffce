import { join, resolve } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { ModelFolders } from './catalogue.ts';

const HUB = 'https://huggingface.co';
/** Proxies as every tool on the machine is told of them; Node's agent reads them from here. */
const PROXY_NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;

const environmentSchema = z.object({
  MODELS_FOLDER: z.string().min(1).optional(),
  PULLED_MODELS_FOLDER: z.string().min(1).optional(),
  LOGSIEVE_MODEL_MIRROR: z.url({ protocol: /^https?$/ }).default(HUB),
  LOGSIEVE_PYTHON: z.string().min(1).default('python3'),
});

export interface ModelSettings {
  readonly folders: ModelFolders;
  /** The hub, or a mirror of it with the same paths; without a slash at the end. */
  readonly hub: string;
  readonly proxy: Readonly<Record<string, string>>;
  /** The Python that quantises. */
  readonly python: string;
}

/** Throws `InvalidInput('config')` that names the variable at fault. */
export function readModelSettings(environment: NodeJS.ProcessEnv, repository: string): ModelSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new InvalidInput('config', `environment: ${issues.join('; ')}`);
  }
  const { MODELS_FOLDER, PULLED_MODELS_FOLDER, LOGSIEVE_MODEL_MIRROR, LOGSIEVE_PYTHON } = parsed.data;
  const models = resolve(repository, MODELS_FOLDER ?? 'models');
  return {
    folders: { models, pulled: resolve(repository, PULLED_MODELS_FOLDER ?? join(models, 'pulled')) },
    hub: LOGSIEVE_MODEL_MIRROR.replace(/\/+$/, ''),
    proxy: Object.fromEntries(PROXY_NAMES.flatMap((name) => (given[name] ? [[name, given[name]]] : []))),
    python: LOGSIEVE_PYTHON,
  };
}
