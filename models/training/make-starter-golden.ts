import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { encodeAsReference, loadTokenizer } from '../../lib/inference/text-tokenizer.ts';

/** Hostile shapes first, then plain lines; all of them our own. */
const TEXTS = [
  '',
  '  ',
  'fine',
  'FATAL',
  '\u0000\u0002raw\u0007bytes',
  'déjà vu Åse Ñandú',
  '磁盘已满，写入失败',
  '🚨 queue on fire 🚨',
  'b'.repeat(2500),
  'y '.repeat(1500),
  '{"lvl":"warn","text":"quoted \\"inside\\"","ids":[4,5]}',
  'one\ttwo\r\nthree\n\tat app.Main(Main.java:7)',
  '\u001b[33myellow\u001b[0m',
  'ılık ﬂag ¾ ％',
  '\u202ebackwards\u202c',
  '[CLS] spelled [SEP] out [MASK] </s>',
  'E\u0301 joined\u200dby',
  '='.repeat(90),
  'user alice logged in from 10.0.0.12',
  'disk failure on node 7, array degraded',
  'backup completed successfully in 42 s',
  'connection to database refused after 3 attempts',
  'GET /health 200 in 3 ms',
  'out of memory: killed process 4711 (worker)',
  'cache warmed with 1200 entries',
  'certificate expires in 3 days',
];
const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toFixed(6)));

/** Writes `golden.jsonl` beside the weights: ids and outputs read as the training code reads texts. */
const models = join(import.meta.dirname, '..');
const tokenizer = await loadTokenizer(join(models, 'starter', 'tokenizer.json'));
const model = await loadEmbeddingModel(models, { threads: 1, reading: 'reference' });
const answers = await model.embed(TEXTS);
const lines = TEXTS.map((text, index) => {
  const { embedding = new Float32Array(), severityLogits = new Float32Array() } = answers[index] ?? {};
  const { ids } = encodeAsReference(tokenizer, text, 128);
  return JSON.stringify({
    text,
    input_ids: ids,
    embedding: rounded(embedding),
    severity_logits: rounded(severityLogits),
  });
});
await writeFile(join(models, 'starter', 'golden.jsonl'), `${lines.join('\n')}\n`);
await model.close();
