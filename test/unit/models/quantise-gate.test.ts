import { describe, expect, it } from 'vitest';
import { compareDecisions, gateLine, gateRefusal, LEAST_DECIDED } from '../../../infra/models/quantise-gate.ts';
import { readQuestions } from '../../../infra/models/quantise-questions.ts';
import { loadEntailmentModel } from '../../../lib/inference/entailment-model.ts';
import type { EntailmentModel } from '../../../lib/ports.ts';
import { aQuantisedFolder } from '../inference/models-folder.ts';

const load = (folder: string) => loadEntailmentModel(folder, { threads: 2 });
const template = 'This log line is about {}.';
const gate = { pairs: 700, decided: 600, agreed: 594, agreedOfAll: 650, largestGap: 0.1 };

/** The same model with each of its decisions turned. */
const turned = (model: EntailmentModel): EntailmentModel => ({
  ...model,
  entail: async (premise, hypotheses) =>
    (await model.entail(premise, hypotheses)).map(({ entailment, notEntailment }) => ({
      entailment: notEntailment,
      notEntailment: entailment,
    })),
});

describe('the gate of quantising', () => {
  it('asks over 500 pairs of lines of ours, each line about its own category and others', async () => {
    const questions = await readQuestions('models', template);

    expect(questions.flatMap(({ hypotheses }) => hypotheses).length).toBeGreaterThanOrEqual(LEAST_DECIDED);
    expect(new Set(questions.map(({ text }) => text)).size).toBeGreaterThan(150);
    expect(new Set(questions[0]?.hypotheses).size).toBe(4);
  });

  it('takes a model that decides like its original', async () => {
    const questions = await readQuestions('models', template);
    const fp32 = await load('test/fixtures/nli-tiny');

    const found = await compareDecisions(fp32, fp32, questions);

    expect(gateRefusal(found)).toBeUndefined();
    expect(found).toMatchObject({ agreedOfAll: found.pairs, largestGap: 0 });
    await fp32.close();
  });

  it('measures how far int8 is from fp32', async () => {
    const questions = (await readQuestions('models', template)).slice(0, 50);
    const [fp32, int8] = [await load('test/fixtures/nli-tiny'), await load(await aQuantisedFolder())];

    const { agreed, decided, largestGap } = await compareDecisions(fp32, int8, questions);

    // Random weights decide 98 to 99 % alike, which is about what the gate asks: neither side of it is certain here.
    expect(agreed / decided).toBeGreaterThan(0.9);
    expect(largestGap).toBeGreaterThan(0);
    expect(largestGap).toBeLessThan(0.5);
    await fp32.close();
    await int8.close();
  });

  it('refuses one that decides otherwise', async () => {
    const questions = await readQuestions('models', template);
    const fp32 = await load('test/fixtures/nli-tiny');

    const found = await compareDecisions(fp32, turned(fp32), questions);

    expect(gateRefusal(found)).toMatch(/^int8 decides 0\.00 % of the pairs like fp32, 99 % are needed\.$/);
    await fp32.close();
  });

  it('takes 99 % and no less', () => {
    expect(gateRefusal(gate)).toBeUndefined();
    expect(gateRefusal({ ...gate, agreed: 593 })).toContain('98.83 %');
    expect(gateLine(gate)).toContain('594 of 600 decided pairs (99.00 %)');
  });

  it('does not judge by ties, nor by too few decisions', () => {
    expect(gateRefusal({ ...gate, decided: 499, agreed: 499 })).toMatch(
      /cannot be judged: of 700 \(line, label\) pairs fp32 decides only 499, 500 are needed/,
    );
  });
});
