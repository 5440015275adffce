import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { contentOf, type ScoreFormula } from '../../lib/cascade/content-score.ts';
import { uncoveredScript } from '../../lib/cascade/covered-scripts.ts';
import { softmax } from '../../lib/cascade/softmax.ts';
import { isAnomalous, SEVERITIES, type Severity } from '../../lib/domain/severity.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { chooseAlternatives } from './fill-holes.ts';
import { isKeptApart } from './kept-apart.ts';
import { seededRandom } from './seeded-random.ts';

const LINES_FOLDER = join(import.meta.dirname, 'lines');
/** Pairs about what the score must see. No model is trained on them, so its outputs for them are as for any line. */
const OWN_FILE = 'score-pairs.csv';

/** Lines of the category head whose label says whether something is wrong: lines as they come, not chosen to be hard. */
const CATEGORY_FILE = 'category-lines.csv';
const SEVERITY_OF_LABEL: Readonly<Record<string, Severity>> = {
  'Critical Error': 'critical',
  Error: 'error',
  'Workflow Error': 'error',
  'Security Alert': 'warn',
  'Deprecation Warning': 'warn',
  'User Action': 'info',
  'System Notification': 'info',
  Unclassified: 'info',
};

const pairsSchema = z.array(
  z.object({
    pair: z.string(),
    kind: z.string(),
    language: z.string().default('en'),
    severity: z.enum(SEVERITIES),
    level: z.enum(SEVERITIES).or(z.literal('')).default(''),
    text: z.string().min(1),
  }),
);

/**
 * What a line is for: `plain` ones say how much the model's word counts, `own` are our minimal pairs, no model is trained on either's
 * severity; on `trained` ones the embedding model was, so it is surer of them than of other lines.
 */
export type LineGroup = 'plain' | 'own' | 'trained';

/** A line as it was written; a plain one is a pair by itself. */
export interface PairLine {
  readonly group: LineGroup;
  readonly pair: string;
  readonly kind: string;
  /** What a person says of it. */
  readonly severity: Severity;
  readonly level: Severity | undefined;
  readonly text: string;
}

/** A line as the content score sees it. */
export interface ScoreLine extends PairLine {
  /** The model's log-odds. */
  readonly content: number;
  /** The record's level: as given, or read from the line. */
  readonly statedLevel: Severity | undefined;
  readonly evidence: string;
  readonly anomalous: boolean;
}

/** The lines of score-pairs.csv, pairs-*.csv and category-lines.csv; one of each `{a|b}` is drawn. */
export async function readScoreLines(): Promise<readonly PairLine[]> {
  const trained = (await readdir(LINES_FOLDER)).filter((name) => /^pairs-.*\.csv$/.test(name)).sort();
  const files = [readScorePairs(), readCategoryLines(), ...trained.map((file) => readPairs(file, 'trained'))];
  return (await Promise.all(files)).flat();
}

/** The lines of score-pairs.csv only. */
export function readScorePairs(): Promise<readonly PairLine[]> {
  return readPairs(OWN_FILE, 'own');
}

async function readPairs(file: string, readAs: LineGroup): Promise<readonly PairLine[]> {
  const rows = pairsSchema.parse(await readRows(file));
  const random = seededRandom(1);
  return rows.flatMap(({ pair, kind, language, severity, level, text: written }) => {
    const text = chooseAlternatives(written, random, 1)[0] ?? written;
    const group = kind === 'plain' ? plainGroup(text) : readAs;
    // Most logs are English, and what the model makes of other languages is worth less.
    if (group === 'plain' && language !== 'en') return [];
    return [{ group, pair: `${file}/${pair}`, kind, severity, level: level === '' ? undefined : level, text }];
  });
}

/** The model learned from three quarters of the plain lines. */
function plainGroup(text: string): LineGroup {
  return isKeptApart(maskRecord({ source: '', message: text }).canonical) ? 'plain' : 'trained';
}

async function readCategoryLines(): Promise<readonly PairLine[]> {
  const rows = z
    .array(z.object({ log_message: z.string(), target_label: z.string() }))
    .parse(await readRows(CATEGORY_FILE));
  return rows.flatMap(({ log_message: text, target_label: label }) => {
    const severity = SEVERITY_OF_LABEL[label];
    const line = {
      group: plainGroup(text),
      pair: `${CATEGORY_FILE}/${text}`,
      kind: 'plain',
      level: undefined,
      text,
    } as const;
    return severity === undefined ? [] : [{ ...line, severity }];
  });
}

async function readRows(file: string): Promise<unknown> {
  return parse(await readFile(join(LINES_FOLDER, file)), { columns: true, bom: true, skip_empty_lines: true });
}

/** Masks and reads the lines; those in a script that the model does not cover are left out. */
export async function scoreLines(
  lines: readonly PairLine[],
  model: EmbeddingModel,
  { covers }: ScoreFormula,
): Promise<readonly ScoreLine[]> {
  const scriptOf = uncoveredScript(covers);
  const masked = lines.map((line) => ({ line, ...maskRecord({ source: '', message: line.text, level: line.level }) }));
  const covered = masked.filter(({ canonical }) => scriptOf(canonical) === undefined);
  const embedded = await model.embed(covered.map(({ canonical }) => canonical));
  return covered.map(({ line, level, evidence }, at) => ({
    ...line,
    content: contentOf(softmax(embedded[at]?.severityLogits ?? [])),
    statedLevel: level,
    evidence,
    anomalous: isAnomalous(line.severity),
  }));
}

/** Half of the pairs are fitted on, the others reported on: by the pair's name, so that its lines stay together in every run. */
export function isFittedOn(pair: string): boolean {
  return createHash('sha256').update(pair).digest().readUInt8(0) % 2 === 0;
}

/** How bad a line is among its pair's: by severity; of one severity, by the level it was given. */
export function badnessOf({ severity, level }: PairLine): number {
  return 10 * SEVERITIES.indexOf(severity) + (level === undefined ? 0 : 1 + SEVERITIES.indexOf(level));
}

/** The pairs' lines, the worst last. */
export function linesByPair<Line extends PairLine>(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const pairs = Map.groupBy(lines, ({ pair }) => pair);
  return new Map(
    Array.from(pairs, ([pair, members]) => [pair, members.toSorted((a, b) => badnessOf(a) - badnessOf(b))]),
  );
}
