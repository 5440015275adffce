import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import { openLanguageModel } from '../../../lib/llm/groq-language-model.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { labelReply, startLlmServer } from '../../fakes/llm-server.ts';

const MODELS = join(import.meta.dirname, '../../../models');
const TINY_CROSS_ENCODER = join(import.meta.dirname, '../../fixtures/nli-tiny');
let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'models-')), 'models');
  await cp(MODELS, folder, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
  await symlink(join(MODELS, 'starter/model.onnx'), join(folder, 'starter/model.onnx'));
});
afterEach(() => rm(dirname(folder), { recursive: true }));

function open(change: { entailmentFolder?: string } = {}) {
  return openCascade({ modelsFolder: folder, threads: 1, clock: fakeClock(), ...change });
}

/** Rewrites one of the folder's JSON files by replacing a piece of its text. */
async function change(file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(path, text.replace(from, to));
}

describe('openCascade', () => {
  it.each([
    ['labels.json', '"thresholds"', '"tresholds"', /labels\.json/],
    ['labels.json', '"LegacyCRM": "llm"', '"LegacyCRM": "oracle"', /routes\.LegacyCRM/],
    ['labels.json', '"name": "Error"', '"name": "User Action"', /two labels have one name/],
    ['rules.json', '"label": "User Action"', '"label": "Users Action"', /rule user-login: Users Action is not among/],
    ['rules.json', '"id": "user-login"', '"id": "User Login"', /rules\.0\.id: a rule id is kebab-case/],
    ['score.json', '"bias": ', '"bias": "none", "spare": ', /score\.json: formula\.bias/],
    ['score.json', '"Cyrillic"', '"Runes"', /formula\.covers\.scripts\.1: no Unicode script/],
    ['starter/head.json', '"Critical Error"', '"Fatal Error"', /the head knows Fatal Error/],
    ['starter/head.json', '"trainedOn":"logsieve-starter', '"trainedOn":"another', /the head was trained on another/],
    ['starter/head.json', '"bias":[', '"bias":[1,', /differ in number/],
    ['score.json', '{', '', /score\.json/],
  ])('refuses to start on %s with %s changed to %s', async (file, from, to, message) => {
    await change(file, from, to);

    await expect(open()).rejects.toThrow(message);
  });

  it('opens the anomaly questions once their file can be read', async () => {
    await change('anomaly-wordings.json', '{', '');
    const cascade = await open();

    const refused = cascade.anomalyQuestions();
    await expect(refused).rejects.toMatchObject({ code: 'wordings' });
    await cp(join(MODELS, 'anomaly-wordings.json'), join(folder, 'anomaly-wordings.json'));
    const { wordings } = await cascade.anomalyQuestions();
    await cascade.close();

    expect(wordings).not.toEqual([]);
  });

  it('gives every text a decision, however hostile', async () => {
    const texts = [
      ...fc.sample(fc.string({ unit: 'binary', maxLength: 300 }), { numRuns: 60, seed: 7 }),
      '',
      '\u0000'.repeat(500),
      '\ud800 lone \udfff',
      '['.repeat(100_000),
      'a '.repeat(100_000),
      '[CLS] [SEP] [MASK]',
    ];
    const cascade = await open();

    const decisions = await cascade.decide(
      'acme',
      texts.map((message) => maskRecord({ source: message, message })),
    );
    await cascade.close();

    expect(decisions).toHaveLength(texts.length);
    expect(decisions.filter(({ score, confidence }) => !(score >= 0 && score <= 1 && confidence >= 0))).toEqual([]);
  });

  it('asks an installed cross-encoder instead of the similarity', async () => {
    const cascade = await open({ entailmentFolder: TINY_CROSS_ENCODER });

    const [decision] = await cascade.decide('acme', [maskRecord({ source: '', message: 'Server started on port 1' })]);
    await cascade.close();

    expect(decision?.category).toBeDefined();
    expect(decision?.degraded).not.toBe('model-failed');
  });

  it('sends a routed source to the language model, masked text only, and takes its answer', async () => {
    const server = await startLlmServer(() => labelReply(['Workflow Error'], 0.8));
    const languageModel = openLanguageModel({ apiKey: 'k', baseUrl: server.baseUrl, model: 'm' });
    const cascade = await openCascade({ modelsFolder: folder, threads: 1, clock: fakeClock(), languageModel });
    const message = 'Reminder for jane@example.org at 192.168.7.3 went nowhere';

    const [decision] = await cascade.decide('acme', [maskRecord({ source: 'LegacyCRM', message })]);
    await cascade.close();
    await server.close();

    expect(decision).toMatchObject({ category: 'Workflow Error', stage: 'llm', model: { id: 'm' } });
    expect(decision?.degraded).toBeUndefined();
    expect(server.requests[0]?.user).not.toMatch(/jane|192\.168/);
  });
});
