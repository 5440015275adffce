import { afterEach, describe, expect, it } from 'vitest';
import { deadlineOf } from '../../../lib/cascade/deadline.ts';
import { llmGuard, llmStage } from '../../../lib/cascade/llm-stage.ts';
import { meterLanguageModel } from '../../../lib/cascade/meter-stages.ts';
import { openLanguageModel } from '../../../lib/llm/groq-language-model.ts';
import { openMeter } from '../../../lib/metrics/meter.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { type LlmAnswer, type LlmServer, labelReply, startLlmServer } from '../../fakes/llm-server.ts';
import { someSettings } from './a-cascade.ts';

const QUESTION = { source: '', level: undefined, text: 'nobody knows' };
const UNHEARD: LlmAnswer = { status: 503, headers: { 'retry-after': '0' } };
const BROKEN_OFF: LlmAnswer = { content: '{"results":[{"index":0,"label":"To' };
const FAILED = { degraded: 'llm-failed' };

let server: LlmServer;
afterEach(() => server.close());

/** The stage on a real client of a server that answers so; `ask` is a call of one question. */
async function aStage(answer: (turn: number) => LlmAnswer, llm: Record<string, number> = {}) {
  server = await startLlmServer((_, turn) => answer(turn));
  const settings = someSettings({
    llm: { textsPerCall: 20, timeoutMs: 5000, callsPerHour: 100, confidenceCap: 0.9, ...llm },
  });
  const clock = fakeClock();
  const meter = openMeter();
  const model = openLanguageModel({ apiKey: 'k', baseUrl: server.baseUrl, model: 'm' });
  const stage = llmStage(meterLanguageModel(model, { meter, clock }), settings, llmGuard(clock, settings));
  const ask = async (remainingMs?: number) => {
    const remaining = remainingMs === undefined ? undefined : () => remainingMs;
    const [outcome] = await stage.ask([QUESTION], deadlineOf(remaining));
    return outcome;
  };
  const calls = () => [...meter.drain()].filter(([series]) => series.startsWith('llmCalls'));
  return { ask, calls };
}

describe('the breaker that all tenants share', () => {
  it('opens where the service fails every try of three calls', async () => {
    const { ask } = await aStage(() => UNHEARD);

    for (let call = 0; call < 4; call += 1) expect(await ask()).toEqual(FAILED);

    expect(server.requests).toHaveLength(9);
  });

  it('opens where the service does not answer in the time that it is given', async () => {
    const { ask } = await aStage((turn) => (turn < 3 ? 'hang' : labelReply(['Tool'])), { timeoutMs: 100 });
    await Promise.all([ask(), ask(), ask()]);

    const outcome = await ask();

    expect(outcome).toEqual(FAILED);
    expect(server.requests).toHaveLength(3);
  });

  it('is none of the business of callers with little time left', async () => {
    const { ask } = await aStage((turn) => (turn < 3 ? 'hang' : labelReply(['Tool'])));
    const late = await Promise.all([ask(500), ask(500), ask(500)]);

    const outcome = await ask();

    expect(late).toEqual([FAILED, FAILED, FAILED]);
    expect(outcome).toMatchObject({ answer: { category: 'Tool' } });
  });

  it.each([
    ['replies that break off', BROKEN_OFF],
    ['calls that are too large', { status: 413 }],
  ])('stays closed for the others over %s', async (_, answer) => {
    const { ask } = await aStage((turn) => (turn < 3 ? answer : labelReply(['Tool'])));
    for (let call = 0; call < 3; call += 1) expect(await ask()).toEqual(FAILED);

    const outcome = await ask();

    expect(outcome).toMatchObject({ answer: { category: 'Tool' } });
  });

  it('is not closed by a reply that breaks off either', async () => {
    const { ask } = await aStage((turn) => (turn === 6 ? BROKEN_OFF : UNHEARD));

    for (let call = 0; call < 5; call += 1) await ask();

    expect(server.requests).toHaveLength(3 + 3 + 1 + 3);
  });
});

describe('the budget of calls', () => {
  it('is taken from by every try', async () => {
    const { ask } = await aStage(() => UNHEARD, { callsPerHour: 2 });

    const outcomes = [await ask(), await ask()];

    expect(outcomes).toEqual([FAILED, { degraded: 'llm-out-of-budget' }]);
    expect(server.requests).toHaveLength(2);
  });

  it('is what the meter counts', async () => {
    const { ask, calls } = await aStage((turn) => (turn < 2 ? UNHEARD : labelReply(['Tool'])));

    await ask();

    expect(calls()).toEqual([
      ['llmCalls|failed', 2],
      ['llmCalls|answered', 1],
    ]);
  });
});
