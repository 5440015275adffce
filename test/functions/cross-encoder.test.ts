import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classifier } from '../../functions/classify/http.ts';
import { handler as worker } from '../../functions/classify/worker.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { settingsSchema } from '../../lib/cascade/settings.ts';
import { loadEntailmentModel } from '../../lib/inference/entailment-model.ts';
import { singleLabelProbabilities } from '../../lib/inference/zero-shot-probabilities.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

/** Random weights of the true architecture: what it says means nothing, but it is what must be said. */
const FOLDER = join(import.meta.dirname, '../fixtures/nli-tiny');

let service: Service;
beforeAll(async () => {
  service = await startService({ ENTAILMENT_FOLDER: FOLDER });
});
afterAll(() => service.close());

const call = (handler: typeof classifier, method: string, path: string, body?: unknown) =>
  handler(
    anApiEvent({
      method,
      path,
      scopes: 'ingest read admin',
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
    aContext(),
  );
/** What the model itself says, as the published pipeline takes it. */
async function saidOf(text: string, hypotheses: readonly string[]): Promise<readonly number[]> {
  const model = await loadEntailmentModel(FOLDER, { threads: 1 });
  try {
    return singleLabelProbabilities(await model.entail(text, hypotheses));
  } finally {
    await model.close();
  }
}

describe('a service with a cross-encoder', () => {
  it('asks it the anomaly question of the replaced program, and answers in its fields', async () => {
    const log_message = 'disk failure on sdb';
    const [anomaly = 0] = await saidOf(log_message, ['This example is anomaly.', 'This example is normal.']);
    const isAnomaly = anomaly >= 0.5;

    const reply = await call(classifier, 'POST', '/api/v1/analyze', { log_message, question: 'replaced-program' });

    expect(bodyOf(reply)).toEqual({
      log_message,
      label: isAnomaly ? 'anomaly' : 'normal',
      confidence: isAnomaly ? anomaly : 1 - anomaly,
      is_anomaly: isAnomaly,
      threshold: 0.5,
      model: { id: 'nli-tiny', version: expect.stringMatching(/^1\./) },
    });
  });

  it('judges a request and a job in labels of a caller by it, in the caller’s template, and says so', async () => {
    const labels = [
      { name: 'Billing', description: 'payments and invoices' },
      { name: 'Shipping', description: 'parcels' },
    ];
    const asked = { labels, hypothesis_template: 'This text is on {}.', log_entries: ['disk full'] };
    await service.take('uploads');

    const [now] = bodyOf(await call(classifier, 'POST', '/v1/classify', asked)).results;
    const { jobId } = bodyOf(await call(api, 'POST', '/v1/batches', asked));
    await service.deliver('uploads', ingest);
    await service.deliver('chunks-small', worker);
    const job = bodyOf(await call(api, 'GET', `/v1/jobs/${jobId}/verdicts`));

    const { zeroShot } = settingsSchema.parse(JSON.parse(await readFile('models/labels.json', 'utf8')));
    const hypotheses = ['payments and invoices', 'parcels', zeroShot.background[0] ?? ''];
    const said = await saidOf(
      'disk full',
      hypotheses.map((each) => `This text is on ${each}.`),
    );
    expect(now).toMatchObject({ category: 'Shipping', stage: 'zero-shot', model: { id: 'nli-tiny' } });
    expect(now.confidence).toBeCloseTo(said[1] ?? Number.NaN, 4);
    expect(JSON.stringify(job)).toContain(now.reason);
  });

  it('tells which models it asks, and the wordings of the question', async () => {
    const { models, anomalyQuestions } = bodyOf(await call(classifier, 'GET', '/v1/models'));

    expect(models).toContainEqual(expect.objectContaining({ id: 'nli-tiny', task: 'entailment', state: 'in-use' }));
    expect(anomalyQuestions[0]).toMatchObject({ id: 'replaced-program', anomaly: 'anomaly', normal: 'normal' });
  });
});
