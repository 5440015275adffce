import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { type Settings, settingsSchema } from './settings.ts';

const stagesFolder = join(import.meta.dirname, '../config');

/** What an owner said cannot be deployed; one line for each fault, which begins with the key. */
export class SettingsRefused extends Error {
  constructor(faults: readonly string[]) {
    super(`The settings cannot be deployed:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = new.target.name;
  }
}

/** Settings from an object, or from the JSON of the command line. Throws `SettingsRefused`. */
export function readSettings(value: unknown): Settings {
  const parsed = settingsSchema.safeParse(typeof value === 'string' ? parseJson(value) : (value ?? {}));
  if (parsed.success) return parsed.data;
  throw new SettingsRefused(parsed.error.issues.map(issueToSentence));
}

function issueToSentence({ path, message }: z.core.$ZodIssue): string {
  return `${path.length === 0 ? 'logsieve' : path.join('.')}: ${message}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsRefused(['logsieve: not JSON; -c logsieve=\'{"stackName":"logs-test"}\' is how it is written']);
  }
}

const stageSchema = z.object({ settings: z.record(z.string(), z.unknown()) });

/**
 * The settings of a stage: those of infra/config/STAGE.ts, and over them, key by key, what the command line says in
 * `logsieve`. Throws `SettingsRefused` for a stage that has no file.
 */
export async function readStage(
  context: { stage: unknown; logsieve: unknown },
  folder = stagesFolder,
): Promise<Settings> {
  const { stage = 'default', logsieve } = context;
  const file = join(folder, `${String(stage)}.ts`);
  if (typeof stage !== 'string' || !/^[a-z][a-z0-9-]*$/.test(stage) || !existsSync(file)) {
    const known = readdirSync(folder).flatMap((name) => (name.endsWith('.ts') ? [name.slice(0, -3)] : []));
    throw new SettingsRefused([`stage: there is no infra/config/${String(stage)}.ts; there are ${known.join(', ')}`]);
  }
  const module: unknown = await import(pathToFileURL(file).href);
  const found = stageSchema.safeParse(module);
  if (!found.success) throw new SettingsRefused([`stage: infra/config/${stage}.ts exports no settings`]);
  const said = typeof logsieve === 'string' ? parseJson(logsieve) : (logsieve ?? {});
  return readSettings({ ...found.data.settings, ...z.record(z.string(), z.unknown()).parse(said) });
}
