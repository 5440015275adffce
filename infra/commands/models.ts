import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { InvalidInput, LogsieveError } from '../../lib/domain/errors.ts';
import type { ModelEntry } from '../../lib/inference/manifest.ts';
import { printableLines } from '../local/screen.ts';
import { UsageError } from '../local/start-options.ts';
import { addModel } from '../models/add-model.ts';
import { addedEntry, findModel, folderOf, isOwn, readCatalogue, refuseOwn } from '../models/catalogue.ts';
import { checkFolder, shortcomings } from '../models/check-folder.ts';
import { faultOf, installedEntry } from '../models/install.ts';
import { modelLines } from '../models/list-models.ts';
import { tryModel } from '../models/open-model.ts';
import { showProgress } from '../models/progress.ts';
import { pullModel } from '../models/pull-model.ts';
import { quantiseModel } from '../models/quantise-model.ts';
import { readQuestions } from '../models/quantise-questions.ts';
import { readModelSettings } from '../models/settings.ts';

const USAGE = `usage: npm run models -- COMMAND
  list             the models there are, and which are here
  pull ID          fetches a model from the hub; run it again after a break and it goes on
  add ID FOLDER    installs a model from files that were brought by hand
  verify [ID]      checks digests, label maps and graphs of what is installed
  check FOLDER     compares a model with the golden.jsonl in its folder; one JSON line last
  remove ID        deletes an installed model
  quantise ID      makes the int8 model of an installed fp32 one, and keeps it if it decides alike

  LOGSIEVE_MODEL_MIRROR   a mirror of https://huggingface.co with the same paths
  HTTPS_PROXY, NO_PROXY   the way out, as every tool is told of it
  PULLED_MODELS_FOLDER    where models are kept (models/pulled)
  LOGSIEVE_PYTHON         the Python that quantises (python3)`;

/** A silent server is given up after so long, and asked again. */
const STALL_MS = 30_000;
const root = resolve(import.meta.dirname, '../..');
const settings = readModelSettingsOrExit();
const { folders } = settings;

const say = (line: string) => void process.stdout.write(`${printableLines(line)}\n`);

async function list(): Promise<void> {
  for (const line of modelLines(await readCatalogue(folders), folders)) say(line);
}

async function pull(id: string): Promise<void> {
  const entry = findModel(await readCatalogue(folders), id);
  const progress = showProgress((text) => process.stderr.write(text), {
    isTty: process.stderr.isTTY === true,
    now: () => performance.now(),
  });
  const pause = (ms: number) => setTimeout(ms);
  try {
    const isNew = await pullModel(entry, { settings, stallMs: STALL_MS, pause, ...progress });
    progress.end();
    sayInstalled(entry, isNew);
  } finally {
    progress.end();
  }
}

async function add(id: string, folder: string): Promise<void> {
  const catalogue = await readCatalogue(folders);
  const [described] = catalogue.some((entry) => entry.id === id) ? [] : await addedEntry(folder, id);
  const entry = described ?? findModel(catalogue, id);
  sayInstalled(entry, await addModel(entry, folder, settings, say));
}

function sayInstalled(entry: ModelEntry, isNew: boolean): void {
  const folder = folderOf(entry, folders);
  say(isNew ? `${entry.id} is installed in ${folder}` : `${entry.id} is there already, whole: ${folder}`);
  if (isNew && entry.task === 'entailment') say(`to use it: ENTAILMENT_FOLDER=${folder}`);
}

/** Gives the exit code: 1 where something is wrong. */
async function verify(id: string | undefined): Promise<number> {
  const catalogue = await readCatalogue(folders);
  const asked = id === undefined ? catalogue : [findModel(catalogue, id)];
  const here = asked.filter((entry) => isOwn(entry) || existsSync(folderOf(entry, folders)));
  if (id !== undefined && here.length === 0) throw new InvalidInput('model-id', `${id} is not installed.`);
  let wrong = 0;
  for (const entry of here) {
    const fault = (await faultOf(entry, folders)) ?? (await faultInUse(entry));
    say(`${entry.id}: ${fault ?? 'ok'}`);
    if (fault !== undefined) wrong += 1;
  }
  return wrong === 0 ? 0 : 1;
}

async function faultInUse(entry: ModelEntry): Promise<string | undefined> {
  const folder = folderOf(entry, folders);
  try {
    await tryModel(folder, isOwn(entry) ? entry : await installedEntry(entry, folder));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function check(folder: string): Promise<number> {
  const catalogue = await readCatalogue(folders);
  const named = existsSync(folder) ? undefined : catalogue.find(({ id }) => id === folder);
  if (named === undefined && !existsSync(folder)) throw new InvalidInput('model-folder', `${folder} is no folder.`);
  const where = named === undefined ? folder : folderOf(named, folders);
  const comparison = await checkFolder(where, { threads: 0, known: catalogue });
  const beyond = shortcomings(comparison);
  for (const line of beyond) process.stderr.write(`${line}\n`);
  say(JSON.stringify(comparison));
  return beyond.length === 0 ? 0 : 1;
}

async function remove(id: string): Promise<void> {
  const entry = findModel(await readCatalogue(folders), id);
  refuseOwn(entry);
  const left = [folderOf(entry, folders), join(folders.pulled, `.${id}.partial`)].filter(existsSync);
  if (left.length === 0) throw new InvalidInput('model-id', `${id} is not installed.`);
  for (const folder of left) await rm(folder, { recursive: true });
  say(`${id} is removed; the digests that its first pull recorded stay pinned`);
}

async function quantise(id: string): Promise<void> {
  const catalogue = await readCatalogue(folders);
  const script = join(root, 'models/training/quantise.py');
  const entry = findModel(catalogue, id);
  const template = entry.task === 'entailment' ? entry.hypothesisTemplate : '{}';
  const questions = await readQuestions(join(root, 'models'), template);
  const isNew = await quantiseModel(id, { settings, catalogue, script, questions, threads: 0, say });
  say(isNew ? 'installed; `npm run models -- list` shows it' : 'it is there already, whole');
}

/** Runs the command; gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, first, second, ...others] = positionals;
  if (values.help) say(USAGE);
  else if (command === 'list' && first === undefined) await list();
  else if (command === 'verify' && second === undefined) return verify(first);
  else if (command === 'add' && first !== undefined && second !== undefined && others.length === 0)
    await add(first, resolve(second));
  else if (first === undefined || second !== undefined) throw new UsageError(USAGE);
  else if (command === 'pull') await pull(first);
  else if (command === 'check') return check(first);
  else if (command === 'remove') await remove(first);
  else if (command === 'quantise') await quantise(first);
  else throw new UsageError(USAGE);
  return 0;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'Bad arguments.'}\n\n${USAGE}`);
  }
}

function readModelSettingsOrExit() {
  try {
    return readModelSettings(process.env, root);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

/** 1 a model is at fault, 2 the caller can mend it. */
function exitCodeOf(error: unknown): number {
  const isTold = error instanceof UsageError || error instanceof LogsieveError;
  const text = error instanceof Error ? (isTold ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${printableLines(text)}\n`);
  return error instanceof UsageError || error instanceof InvalidInput ? 2 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
