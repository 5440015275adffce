/** Makes the training texts of the starter model: `node models/training/prepare-texts.ts DATA_FOLDER OUT.jsonl`. Holes are filled with life-like values, and every text is written down twice: as it is, and as the cascade would read it (masked). */
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { severityOf } from '../../lib/masking/levels.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import { chooseAlternatives, fillHoles } from './fill-holes.ts';
import { LINES_FOLDER, pairFiles } from './lines-folder.ts';
import { readRows } from './read-rows.ts';
import { runCommand } from './run-command.ts';
import { seededRandom } from './seeded-random.ts';
import { readSeverities } from './severities.ts';

const VARIANTS = 2;
/** Lines of one template of a real system that are kept: values vary, words do not. */
const LINES_A_TEMPLATE = 2;

/** One text to learn from. `group` is what a split must not cut through: a repository, a system, a pair. */
interface TrainingText {
  readonly set: 'statement' | 'pair' | 'system' | 'category' | 'enterprise' | 'concept';
  readonly group: string;
  /** A severity, or the name of a category or concept. */
  readonly target: string;
  readonly kind?: string;
  readonly raw: string;
  readonly masked: string;
}

const statementSchema = z.object({ repo: z.string(), level: z.string(), text: z.string() });

const random = seededRandom(1);

function asText(set: TrainingText['set'], group: string, target: string, raw: string, kind?: string): TrainingText {
  const masked = maskRecord({ source: '', message: raw }).canonical;
  return { set, group, target, ...(kind === undefined ? {} : { kind }), raw, masked };
}

async function* statementTexts(dataFolder: string): AsyncGenerator<TrainingText> {
  for (const line of await readStatements(dataFolder)) {
    const { repo, level, text } = statementSchema.parse(JSON.parse(line));
    for (let variant = 0; variant < VARIANTS; variant++)
      yield asText('statement', repo, level, fillHoles(text, random));
  }
}

async function readStatements(dataFolder: string): Promise<readonly string[]> {
  const path = join(dataFolder, 'log-statements.jsonl.gz');
  try {
    return gunzipSync(await readFile(path))
      .toString()
      .trimEnd()
      .split('\n');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    throw new InvalidInput('data-folder', `${path} cannot be read: ${why}`, { cause });
  }
}

async function* pairTexts(): AsyncGenerator<TrainingText> {
  for (const file of await pairFiles())
    for (const { pair = '', kind = '', severity = '', text = '' } of await readRows(join(LINES_FOLDER, file)))
      for (const raw of chooseAlternatives(text, random, VARIANTS))
        yield asText('pair', `${file}/${pair}`, severity, raw, kind);
}

/** Real systems whose lines name a level: a few lines of each template. */
async function* systemTexts(dataFolder: string): AsyncGenerator<TrainingText> {
  const folder = join(dataFolder, 'loghub');
  for (const file of (await readdir(folder)).sort()) {
    const seen = new Map<string, number>();
    for (const { Level = '', EventId = '', Content = '' } of await readRows(join(folder, file))) {
      const severity = severityOf(Level);
      const count = seen.get(EventId) ?? 0;
      if (severity === undefined || count >= LINES_A_TEMPLATE) continue;
      seen.set(EventId, count + 1);
      yield asText('system', file.replace(/_.*/, ''), severity, Content);
    }
  }
}

/** A line of a category whose lines have one severity as a rule teaches that severity too: it says plainly what is wrong. */
function gradedText(severity: string | undefined, text: string): readonly TrainingText[] {
  return severity === undefined ? [] : [asText('pair', `own/${text}`, severity, text, 'plain')];
}

async function* categoryTexts(dataFolder: string): AsyncGenerator<TrainingText> {
  const enterprise = await readRows(join(dataFolder, 'enterprise-logs.train.csv'));
  const own = await readRows(join(LINES_FOLDER, 'category-lines.csv'));
  const severities = await readSeverities();
  const seen = new Set<string>();
  for (const { log_message = '', target_label = '' } of enterprise) {
    const text = asText('enterprise', '', target_label, log_message);
    if (!seen.has(text.masked)) yield { ...text, group: text.masked };
    seen.add(text.masked);
  }
  for (const { log_message = '', target_label = '' } of own) {
    yield asText('category', log_message, target_label, log_message);
    yield* gradedText(severities[target_label], log_message);
  }
  for (const { concept = '', kind = '', text = '' } of await readRows(join(LINES_FOLDER, 'concepts.csv'))) {
    yield asText('concept', concept, concept, text, kind);
    if (kind === 'line') yield* gradedText(severities[concept], text);
  }
}

async function main([dataFolder, outFile]: readonly string[]): Promise<void> {
  if (dataFolder === undefined || outFile === undefined)
    throw new InvalidInput('arguments', 'name the data folder and the file to write');
  const out = createWriteStream(outFile);
  const counts = new Map<string, number>();
  for (const texts of [statementTexts(dataFolder), pairTexts(), systemTexts(dataFolder), categoryTexts(dataFolder)])
    for await (const text of texts) {
      counts.set(text.set, (counts.get(text.set) ?? 0) + 1);
      out.write(`${JSON.stringify(text)}\n`);
    }
  out.end();
  await finished(out);
  console.log(JSON.stringify(Object.fromEntries(counts)));
}

await runCommand(() => main(process.argv.slice(2)));
