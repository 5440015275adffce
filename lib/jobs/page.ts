import { deflateSync, inflateSync } from 'node:zlib';
import * as z from 'zod';
import { decisionSchema } from '../domain/decision-schema.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Decision } from '../domain/verdict.ts';

/** What a page says once for all rows that share it. */
export interface Judgement {
  readonly patternId: string;
  readonly pattern: string;
  readonly decision: Decision;
}
/** A record's place and what became of it. Rows judged alike hold the same `judgement` object. */
export type JudgedRow = { readonly row: number; readonly line: number } & (
  | { readonly judgement: Judgement }
  | { readonly rejection: string }
);
export interface Page {
  /** Version of the cascade that judged the rows. */
  readonly cascade: string;
  readonly rows: readonly JudgedRow[];
}

/** A DynamoDB item is 400 KB with its keys and attribute names. */
export const PACKED_BYTES = 390_000;

/** Characters of patterns and of reasons, cut further and further until a page of hostile, incompressible text fits its item. */
const CUTS = [
  [LIMITS.patternChars, LIMITS.reasonChars],
  [LIMITS.patternChars, 60],
  [256, 40],
  [128, 20],
  [48, 0],
] as const;

/** Patterns and decisions once, an ordinal per row, compact JSON, zlib. At most `PACKED_BYTES` for `LIMITS.pageRecords` rows, whatever they hold. */
export function packPage(page: Page): Uint8Array {
  for (const [patternChars, reasonChars] of CUTS) {
    const packed = deflateSync(JSON.stringify(pageToJson(page, patternChars, reasonChars)));
    if (packed.byteLength <= PACKED_BYTES) return packed;
  }
  throw new RangeError(`a page of ${page.rows.length} rows does not fit an item`);
}

function pageToJson({ cascade, rows }: Page, patternChars: number, reasonChars: number): z.input<typeof packedSchema> {
  const ordinals = new Map<Judgement, number>();
  const rejections: string[] = [];
  const of = rows.map((row) => {
    if ('rejection' in row) return -rejections.push(row.rejection.slice(0, Math.max(reasonChars, 80)));
    const ordinal = ordinals.get(row.judgement) ?? ordinals.size;
    ordinals.set(row.judgement, ordinal);
    return ordinal;
  });
  const judged = [...ordinals.keys()].map(({ patternId, pattern, decision }): z.input<typeof judgedSchema> => {
    const reason = decision.reason.slice(0, reasonChars);
    return [patternId, pattern.slice(0, patternChars), { ...decision, reason }];
  });
  return {
    v: 1,
    cascade,
    rows: steps(rows.map(({ row }) => row)),
    lines: steps(rows.map(({ line }) => line)),
    of,
    judged,
    rejections,
  };
}

const judgedSchema = z.tuple([z.string(), z.string(), decisionSchema]);
const packedSchema = z.strictObject({
  v: z.literal(1),
  cascade: z.string(),
  /** Row and line numbers as steps from the one before: nearly all are 1 and compress to nothing. */
  rows: z.array(z.int()),
  lines: z.array(z.int()),
  /** An index into `judged`, or -n for the n-th rejection. */
  of: z.array(z.int()),
  judged: z.array(judgedSchema),
  rejections: z.array(z.string()),
});

/** Far above any page of ours: rows, and patterns of escaped characters. */
const UNPACKED_BYTES = 32 * 1024 * 1024;

/** The inverse of `packPage`. Throws on bytes that are no page. */
export function unpackPage(bytes: Uint8Array): Page {
  const text = inflateSync(bytes, { maxOutputLength: UNPACKED_BYTES }).toString('utf8');
  const packed = packedSchema.parse(JSON.parse(text));
  const judgements = packed.judged.map(
    ([patternId, pattern, decision]): Judgement => ({ patternId, pattern, decision }),
  );
  const lines = sums(packed.lines);
  const rows = sums(packed.rows).map((row, index): JudgedRow => {
    const of = packed.of[index] ?? Number.NaN;
    const line = lines[index] ?? Number.NaN;
    const judgement = judgements[of];
    const rejection = packed.rejections[-of - 1];
    if (judgement !== undefined) return { row, line, judgement };
    if (rejection !== undefined) return { row, line, rejection };
    throw new RangeError(`row ${row} of a page points nowhere`);
  });
  return { cascade: packed.cascade, rows };
}

function steps(numbers: readonly number[]): number[] {
  return numbers.map((number, index) => number - (numbers[index - 1] ?? 0));
}

function sums(numbers: readonly number[]): number[] {
  let sum = 0;
  return numbers.map((step) => {
    sum += step;
    return sum;
  });
}
