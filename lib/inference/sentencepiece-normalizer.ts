import * as z from 'zod';
import { readCharsmap } from './precompiled-charsmap.ts';

/** The published DeBERTa-v3 tokenizer's normalizer, part for part. */
const normalizerSchema = z.object({
  type: z.literal('Sequence'),
  normalizers: z.tuple([
    z.object({ type: z.literal('Strip'), strip_left: z.literal(true), strip_right: z.literal(true) }),
    z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.string().min(8) }),
    z.object({
      type: z.literal('Replace'),
      pattern: z.object({ Regex: z.literal(' {2,}') }),
      content: z.literal(' '),
    }),
  ]),
});

/** White space as the reference strips it (Unicode's property): JavaScript's `trim` keeps U+0085 and takes U+FEFF. */
const WHITE_SPACE = /^\p{White_Space}$/u;

/**
 * The library approximates the precompiled table by NFKC and strips by JavaScript's rules, which gives other ids for
 * some control and joining characters. Undefined where a tokenizer's normalizer is of another kind.
 */
export function sentencePieceNormalizer(normalizer: unknown): ((text: string) => string) | undefined {
  const parsed = normalizerSchema.safeParse(normalizer);
  if (!parsed.success) return undefined;
  const applyTable = readCharsmap(parsed.data.normalizers[1].precompiled_charsmap);
  return (text) => applyTable(strip(text)).replaceAll(/ {2,}/g, ' ');
}

function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1;
  while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
