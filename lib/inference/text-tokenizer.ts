import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';
import { readJson } from './manifest.ts';
import { sentencePieceNormalizer } from './sentencepiece-normalizer.ts';
import { headAndTail, type Tokens, textWindow } from './token-window.ts';
import { wordPieceEncoder } from './word-pieces.ts';

/** Only the shape that the library reads blindly; `truncation` and `padding` in the file are ignored, we do both. */
const tokenizerFileSchema = z.looseObject({
  model: z.looseObject({ type: z.enum(['WordPiece', 'Unigram']) }),
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string().min(1) })),
});

/** How a text becomes ids. Special tokens are looked up by name, never assumed. */
export interface TextTokenizer {
  /** Ids of a text without special tokens around it. Spelled-out special tokens (`[SEP]`) become what they name, as in the reference. */
  encode(text: string): readonly number[];
  /** The same, but a spelled-out special token is text like any other: log text must not end its own sentence. */
  encodeUntrusted(text: string): readonly number[];
  readonly cls: number;
  readonly sep: number;
}

/** Reads a `tokenizer.json`. Throws `Fault('model-file')` that names the file. */
export async function loadTokenizer(path: string): Promise<TextTokenizer> {
  const parsed = tokenizerFileSchema.safeParse(await readJson(path, 'model-file'));
  if (!parsed.success) throw new Fault('model-file', `${path} is no tokenizer file`, { cause: parsed.error });
  const tokenizer = mend(open(parsed.data, path), parsed.data);
  const special = parsed.data.added_tokens.map(({ content }) => content);
  const idOf = (token: string): number => {
    const id = tokenizer.token_to_id(token);
    if (id === undefined) throw new Fault('model-file', `${path} has no token ${token}`);
    return id;
  };
  const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    encode,
    encodeUntrusted: (text) => encode(asPlainText(tokenizer, text, special)),
    cls: idOf('[CLS]'),
    sep: idOf('[SEP]'),
  };
}

/** The library checks little of a file, and says what it misses without its name. */
function open(file: z.infer<typeof tokenizerFileSchema>, path: string): Tokenizer {
  try {
    return new Tokenizer(file, {});
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new Fault('model-file', `${path} is no tokenizer file: ${why}`, { cause });
  }
}

/** Puts our own parts in where the library's are inexact or slow. */
function mend(tokenizer: Tokenizer, file: z.infer<typeof tokenizerFileSchema>): Tokenizer {
  const normalize = sentencePieceNormalizer(file.normalizer);
  if (normalize !== undefined && tokenizer.normalizer !== null) tokenizer.normalizer.normalize = normalize;
  const encode = wordPieceEncoder(file.model);
  if (encode !== undefined && tokenizer.model !== null) tokenizer.model.encode = encode;
  return tokenizer;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** The text, or where normalising makes a special token of other characters (fullwidth brackets, a control character inside), what it makes, spelled out. */
function asPlainText(tokenizer: Tokenizer, text: string, special: readonly string[]): string {
  const spelled = spellOut(text, special);
  if (tokenizer.normalizer === null || PRINTABLE_ASCII.test(spelled)) return spelled;
  const normalized = tokenizer.normalizer.normalize(spelled);
  return special.some((token) => normalized.includes(token)) ? spellOut(normalized, special) : spelled;
}

/** `[SEP]` becomes `[ SEP]`: the same word pieces, but no special token. */
function spellOut(text: string, special: readonly string[]): string {
  if (!text.includes('[')) return text;
  return special.reduce((spelled, token) => spelled.replaceAll(token, `${token.slice(0, 1)} ${token.slice(1)}`), text);
}

/** `[CLS] text [SEP]`, at most `maxTokens`: a longer text is read as its head and tail. Time is bounded whatever the length. */
export function encodeText(tokenizer: TextTokenizer, text: string, maxTokens: number): Tokens {
  const [head, tail] = textWindow(text);
  const encode = tokenizer.encodeUntrusted;
  const { ids, truncated } = headAndTail(
    tail === undefined ? [encode(head)] : [encode(head), encode(tail)],
    maxTokens - 2,
  );
  return { ids: [tokenizer.cls, ...ids, tokenizer.sep], truncated };
}

/** As the reference tokenizer does it (plain head, special tokens parsed), for comparison with golden values only: unbounded time. */
export function encodeAsReference(tokenizer: TextTokenizer, text: string, maxTokens: number): Tokens {
  const ids = tokenizer.encode(text);
  return {
    ids: [tokenizer.cls, ...ids.slice(0, maxTokens - 2), tokenizer.sep],
    truncated: ids.length > maxTokens - 2,
  };
}
