import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const embed = (module: string, open: string) => `
  import { ${open} } from '${root}/lib/inference/${module}';
  const model = await ${open}('${root}/models', { threads: 1 });
  await model.embed(['disk is full']);
  await model.close();
`;

describe('the inference runtime', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'logsieve-home-'));
    mkdirSync(join(folder, 'home'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  // Cause: onnxruntime 1.29 and later keep a device id and a queue of reports in the home folder, and send them.
  it.each([
    ['on this thread', embed('embedding-model.ts', 'loadEmbeddingModel')],
    ['on a thread of its own', embed('open-embedding-worker.ts', 'openEmbeddingWorker')],
  ])('keeps no record of its use to report, %s', (_, program) => {
    writeFileSync(join(folder, 'embed.mjs'), program);

    // No CI variable: it alone would already silence the runtime.
    execFileSync(process.execPath, [join(folder, 'embed.mjs')], { env: { HOME: join(folder, 'home') } });

    expect(readdirSync(join(folder, 'home'))).toEqual([]);
  });
});
