import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, InvalidInput } from '../../lib/domain/errors.ts';
import { describeFolder } from '../../lib/inference/describe-folder.ts';
import { loadEntailmentModel } from '../../lib/inference/entailment-model.ts';
import type { ModelEntry, PinnedFile } from '../../lib/inference/manifest.ts';
import { sha256OfFile, sizeOfFile } from '../../lib/inference/verify-files.ts';
import { findModel, folderOf } from './catalogue.ts';
import { megabytes, requireSpace } from './disk-space.ts';
import { faultOf, install, type Say } from './install.ts';
import { compareDecisions, type DecisionGate, gateLine, gateRefusal, type Question } from './quantise-gate.ts';
import type { ModelSettings } from './settings.ts';

export interface Quantising {
  readonly settings: ModelSettings;
  readonly catalogue: readonly ModelEntry[];
  /** `models/training/quantise.py`. */
  readonly script: string;
  readonly questions: readonly Question[];
  readonly threads: number;
  readonly say: Say;
}

/** The model that is made and the one it is made from; either id will do. Throws `InvalidInput('model-id')`. */
export function findQuantised(catalogue: readonly ModelEntry[], id: string): { made: ModelEntry; from: ModelEntry } {
  const named = findModel(catalogue, id);
  const made = named.quantisedFrom === undefined ? catalogue.find((entry) => entry.quantisedFrom === id) : named;
  if (made?.quantisedFrom === undefined)
    throw new InvalidInput('model-id', `The manifest describes no quantised model that is made from ${id}.`);
  return { made, from: findModel(catalogue, made.quantisedFrom) };
}

/**
 * Makes the int8 model of an installed fp32 one and installs it if it decides alike. False where it was there already.
 * Throws `InvalidInput` (`model-id`, `python`) and `Fault('quantise-gate')`, after which nothing is installed.
 */
export async function quantiseModel(id: string, quantising: Quantising): Promise<boolean> {
  const { settings, catalogue, say, script } = quantising;
  const { made, from } = findQuantised(catalogue, id);
  const source = folderOf(from, settings.folders);
  const fault = await faultOf(from, settings.folders);
  if (fault !== undefined)
    throw new InvalidInput('model-id', `${from.id}, which ${made.id} is made from, is not installed: ${fault}`);
  const original = await describeFolder(source, { task: made.task });
  return install(made, settings.folders, say, {
    isResumable: false,
    fill: async (_, staging) => {
      await requireSpace(staging, original.files.model.bytes ?? 0);
      const model = join(staging, made.files.model.path);
      await runPython(settings.python, [script, join(source, original.files.model.path), model]);
      const files = { ...original.files, model: { path: made.files.model.path } };
      for (const { path } of [original.files.tokenizer, original.files.config])
        await copyFile(join(source, path), join(staging, path));
      const pinned = await Promise.all(
        [files.model, files.tokenizer, files.config].map(({ path }) => pinnedFile(staging, path)),
      );
      const sizes = [join(source, original.files.model.path), model].map(sizeOfFile);
      say(`${(await Promise.all(sizes)).map(megabytes).join(' of fp32 became ')} of int8`);
      await passGate(quantising, source, staging);
      return pinned;
    },
  });
}

async function passGate({ questions, threads, say }: Quantising, source: string, staging: string): Promise<void> {
  const fp32 = await loadEntailmentModel(source, { threads });
  const int8 = await loadEntailmentModel(staging, { threads }).catch(async (error) => {
    await fp32.close();
    throw error;
  });
  try {
    const gate: DecisionGate = await compareDecisions(fp32, int8, questions);
    say(gateLine(gate));
    const refused = gateRefusal(gate);
    if (refused !== undefined) throw new Fault('quantise-gate', `${refused} The file was removed.`);
  } finally {
    await Promise.all([fp32.close(), int8.close()]);
  }
}

async function pinnedFile(folder: string, path: string): Promise<PinnedFile> {
  const whole = join(folder, path);
  return { path, sha256: await sha256OfFile(whole), bytes: await sizeOfFile(whole) };
}

/** Its output goes to ours. Throws `InvalidInput('python')` where there is none, or it lacks what the script needs. */
async function runPython(python: string, args: readonly string[]): Promise<void> {
  const child = spawn(python, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const needs =
    'Quantising needs Python 3.11 or later with `pip install -r models/training/requirements-quantise.txt`; ' +
    'LOGSIEVE_PYTHON names the one to use.';
  const [code] = await once(child, 'exit').catch((cause: unknown) => {
    throw new InvalidInput('python', `${python} cannot be started. ${needs}`, { cause });
  });
  if (code === 3) throw new InvalidInput('python', `${python} lacks a package. ${needs}`);
  if (code !== 0) throw new Fault('quantise', `${python} could not quantise the model (exit code ${code}).`);
}
