import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../functions/classify/http.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

const empty = mkdtempSync(join(tmpdir(), 'logsieve-no-models-'));
let service: Service;
beforeAll(async () => {
  service = await startService({ MODELS_FOLDER: empty });
});
afterAll(async () => {
  await service.close();
  rmSync(empty, { recursive: true });
});

describe('GET /api/v1/health without a model', () => {
  it('is 503 and says what to do, and nothing of where the folder lies', async () => {
    const reply = await handler(anApiEvent({ path: '/api/v1/health' }), aContext());

    expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(bodyOf(reply)).toMatchObject({ status: 'unhealthy', model_loaded: false });
    expect(bodyOf(reply).detail).toContain('models/starter');
    expect(reply.body).not.toContain(tmpdir());
  });
});
