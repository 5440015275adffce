import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { contentOf, type ScoreFormula } from '../../lib/cascade/content-score.ts';
import { uncoveredScript } from '../../lib/cascade/covered-scripts.ts';
import { softmax } from '../../lib/cascade/softmax.ts';
import { isAnomalous, SEVERITIES, type Severity } from '../../lib/domain/severity.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { canonicalOf } from './concepts.ts';
import { chooseAlternatives } from './fill-holes.ts';
import { type LearnedLines, readLearnedLines } from './learned-lines.ts';
import { LINES_FOLDER, pairFiles } from './lines-folder.ts';
import { readRows } from './read-rows.ts';
import { seededRandom } from './seeded-random.ts';
import { readSeverities } from './severities.ts';

/** Pairs about what the score must see. No model is trained on them, so its outputs for them are as for any line. */
const OWN_FILE = 'score-pairs.csv';

/** Lines of the category head; where their label has a severity they say whether something is wrong: as lines come, not chosen to be hard. */
const CATEGORY_FILE = 'category-lines.csv';

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
 * severity; on `trained` ones, or on lines near them, the embedding model was, so it is surer of them than of other lines.
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
  const learned = await readLearnedLines();
  const trained = (await pairFiles()).map((file) => readPairs(file, 'trained', learned));
  return (await Promise.all([readScorePairs(learned), readCategoryLines(learned), ...trained])).flat();
}

/** The lines of score-pairs.csv only, without the pairs of which the model learned a line: masked, two lines can be one. */
export async function readScorePairs(known?: LearnedLines): Promise<readonly PairLine[]> {
  const learned = known ?? (await readLearnedLines());
  const lines = await readPairs(OWN_FILE, 'own', learned);
  const seen = new Set(lines.filter(({ text }) => learned.has(canonicalOf(text))).map(({ pair }) => pair));
  return lines.filter(({ pair }) => !seen.has(pair));
}

async function readPairs(file: string, readAs: LineGroup, learned: LearnedLines): Promise<readonly PairLine[]> {
  const rows = pairsSchema.parse(await readRows(join(LINES_FOLDER, file)));
  const random = seededRandom(1);
  return rows.flatMap(({ pair, kind, language, severity, level, text: written }) => {
    const text = chooseAlternatives(written, random, 1)[0] ?? written;
    const group = kind === 'plain' ? plainGroup(text, learned) : readAs;
    // Most logs are English, and what the model makes of other languages is worth less.
    if (group === 'plain' && language !== 'en') return [];
    return [{ group, pair: `${file}/${pair}`, kind, severity, level: level === '' ? undefined : level, text }];
  });
}

/** The model learned from three quarters of the plain lines, and what lies near one of these is no new line to it. */
function plainGroup(text: string, learned: LearnedLines): LineGroup {
  return learned.isNew(canonicalOf(text)) ? 'plain' : 'trained';
}

async function readCategoryLines(learned: LearnedLines): Promise<readonly PairLine[]> {
  const severities = await readSeverities();
  const rows = await readRows(join(LINES_FOLDER, CATEGORY_FILE));
  return rows.flatMap(({ log_message: text = '', target_label: label = '' }) => {
    const severity = severities[label];
    if (severity === undefined) return [];
    const group = plainGroup(text, learned);
    return [{ group, pair: `${CATEGORY_FILE}/${text}`, kind: 'plain', level: undefined, text, severity }];
  });
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
