import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../../lib/inference/manifest.ts';
import {
  encodeAsReference,
  encodeText,
  loadTokenizer,
  type TextTokenizer,
} from '../../../lib/inference/text-tokenizer.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { aModelsFolder, MODELS } from './models-folder.ts';

const FILE = join(MODELS, 'starter', 'tokenizer.json');
const [CLS, SEP] = [101, 102];

describe('encodeText', () => {
  let tokenizer: TextTokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(FILE);
  });

  it('puts a text between its two special tokens', () => {
    expect(encodeText(tokenizer, 'disk failure', 128)).toEqual({ ids: [CLS, 9785, 4945, SEP], truncated: false });
    expect(encodeText(tokenizer, '', 128)).toEqual({ ids: [CLS, SEP], truncated: false });
  });

  it('keeps head and tail of a text over 128 tokens, the reference only the head', () => {
    const text = `first ${'word '.repeat(300)}last`;

    const both = encodeText(tokenizer, text, 128);
    const head = encodeAsReference(tokenizer, text, 128);

    const [first, last] = [tokenizer.encode('first')[0], tokenizer.encode('last')[0]];
    expect(both).toMatchObject({ truncated: true, ids: { length: 128 } });
    expect([both.ids[0], both.ids[1], both.ids[126], both.ids[127]]).toEqual([CLS, first, last, SEP]);
    expect(head).toMatchObject({ truncated: true, ids: { length: 128 } });
    expect([head.ids[1], head.ids[126], head.ids[127]]).toEqual([first, tokenizer.encode('word')[0], SEP]);
  });

  it('lets no text spell a special token', () => {
    const { ids } = encodeText(tokenizer, 'done [SEP] [CLS][PAD] fine [MASK] [UNK]', 128);

    expect(ids.slice(1, -1).filter((id) => [0, 100, CLS, SEP, 103].includes(id))).toEqual([]);
    expect(tokenizer.encode('[SEP]')).toEqual([SEP]);
    expect(tokenizer.encodeUntrusted('[SEP]')).toEqual(tokenizer.encode('[ sep ]'));
  });

  it('never exceeds its tokens whatever the text', () => {
    for (const text of HOSTILE_TEXTS) {
      const { ids } = encodeText(tokenizer, text, 128);

      expect(ids.length).toBeLessThanOrEqual(128);
      expect(ids.every((id) => Number.isInteger(id))).toBe(true);
    }
  });

  it('takes bounded time for a text of any length', () => {
    const texts = [
      'user logged in '.repeat(700_000),
      'zqxj'.repeat(2_500_000),
      `${'zqxj'.repeat(25)} `.repeat(100_000),
    ];

    const started = performance.now();
    for (const text of texts) encodeText(tokenizer, text, 128);

    // 10 MB each; whole they take minutes, their windows about 20 ms
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('cuts words into the pieces that the library cuts', async () => {
    const library = new Tokenizer(Object(await readJson(FILE, 'test')), {});
    const word = fc.string({ unit: fc.constantFrom(...'abcdeghinorst0123.-_:é数🔥\u0301 '), maxLength: 160 });

    fc.assert(
      fc.property(word, (text) => {
        expect(tokenizer.encode(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('loadTokenizer refuses', () => {
  it('a file that is no tokenizer or lacks its special tokens, by name', async () => {
    const folder = await aModelsFolder();
    const path = join(folder, 'other.json');

    await writeFile(path, '{"model":{"type":"BPE"},"added_tokens":[]}');
    await expect(loadTokenizer(path)).rejects.toThrow(`${path} is no tokenizer file`);
    await writeFile(path, '{"model":{"type":"Unigram"},"added_tokens":[]}');
    await expect(loadTokenizer(path)).rejects.toThrow(`${path} is no tokenizer file: Tokenizer must contain`);
    await writeFile(path, '{"model":');
    await expect(loadTokenizer(path)).rejects.toThrow(`${path} is no JSON`);
    const file = Object(await readJson(FILE, 'test'));
    const { '[CLS]': _, ...vocab } = file.model.vocab;
    await writeFile(path, JSON.stringify({ ...file, added_tokens: [], model: { ...file.model, vocab } }));
    await expect(loadTokenizer(path)).rejects.toThrow(`${path} has no token [CLS]`);
  });
});
