import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkFolder, shortcomings } from '../../../infra/models/check-folder.ts';
import { readManifest } from '../../../lib/inference/manifest.ts';
import { aFolder } from '../../factories/a-folder.ts';

const options = async () => ({ threads: 2, known: (await readManifest('models')).models });

/** The tiny cross-encoder in a folder without a manifest, its golden rows changed. */
async function aCopy(change: (row: Record<string, unknown>) => unknown, rows = 4): Promise<string> {
  const folder = await aFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  for (const name of ['model.onnx', 'tokenizer.json', 'config.json'])
    await cp(join('test/fixtures/nli-tiny', name), join(folder.path, name));
  const lines = (await readFile('test/fixtures/nli-tiny/golden.jsonl', 'utf8')).trim().split('\n').slice(0, rows);
  const changed = lines.map((line) => JSON.stringify(change(JSON.parse(line))));
  await writeFile(join(folder.path, 'golden.jsonl'), changed.join('\n'));
  return folder.path;
}

describe('checkFolder', () => {
  it('finds the starter model equal to its golden values', async () => {
    const comparison = await checkFolder('models/starter', await options());

    expect(comparison).toMatchObject({ texts: 26, idsEqual: 26 });
    expect(Object.keys(comparison)).toEqual(['texts', 'idsEqual', 'minCosine', 'maxLogitError']);
    // On kernels other than those that wrote the golden values a float may fall on the other side of an int8 step.
    if (process.arch === 'x64') expect(shortcomings(comparison)).toEqual([]);
    expect(comparison.minCosine).toBeGreaterThan(0.99);
  });

  it('finds the cross-encoder equal to the reference, with a manifest and without', async () => {
    const listed = await checkFolder('test/fixtures/nli-tiny', await options());
    const unlisted = await checkFolder(await aCopy((row) => row, 6), await options());

    expect(listed).toMatchObject({ texts: 34, idsEqual: 34 });
    expect(shortcomings(listed)).toEqual([]);
    expect(unlisted).toMatchObject({ texts: 6, idsEqual: 6 });
    expect(shortcomings(unlisted)).toEqual([]);
  });

  it('says what is beyond the tolerance', async () => {
    const folder = await aCopy((row) => ({ ...row, input_ids: [], logits: [], single_label: {}, multi_label: {} }), 2);
    const nothing = await checkFolder(folder, await options());

    expect(shortcomings(nothing)).toEqual([
      '2 of 2 texts have other token ids',
      expect.stringContaining('a logit off by NaN'),
      expect.stringContaining('a probability off by NaN'),
    ]);
    expect(shortcomings({ texts: 3, idsEqual: 3, minCosine: 0.9999, maxLogitError: 1.1e-4 })).toHaveLength(2);
    expect(shortcomings({ texts: 3, idsEqual: 3, minCosine: 0.99995, maxProbabilityError: 1e-5 })).toEqual([]);
  });

  it('refuses golden values that are absent, empty or of another kind', async () => {
    const other = await aCopy(({ text }) => ({ text, input_ids: [1, 2] }), 2);
    await expect(checkFolder(other, await options())).rejects.toThrow(
      /golden\.jsonl, line 1, is no golden row of this kind/,
    );
    await writeFile(join(other, 'golden.jsonl'), '\n');
    await expect(checkFolder(other, await options())).rejects.toThrow('golden.jsonl is empty');
    await expect(checkFolder('no-such-folder', await options())).rejects.toThrow('model.onnx cannot be read');
  });
});
