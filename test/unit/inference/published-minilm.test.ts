import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFolder, shortcomings } from '../../../infra/models/check-folder.ts';
import { readManifest } from '../../../lib/inference/manifest.ts';

/** The published model's files with what Python made of 78 texts; they lie beside the repository on some machines only. */
const MINILM = resolve('../shared/models/minilm');

describe.skipIf(!existsSync(MINILM))('the published MiniLM through this engine', () => {
  it('gives the ids and embeddings that the reference implementation gives', async () => {
    const { models: known } = await readManifest('models');

    const comparison = await checkFolder(MINILM, { threads: 2, known });

    expect(comparison).toMatchObject({ texts: 78, idsEqual: 78 });
    expect(shortcomings(comparison)).toEqual([]);
  });
});
