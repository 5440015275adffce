import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Fields = { tenant: string; body?: unknown; headers?: Record<string, string> };
const ask = async (method: string, path: string, { body, ...fields }: Fields, handler = classify) =>
  handler(
    anApiEvent({
      method,
      path,
      scopes: 'admin',
      ...fields,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    aContext(),
  );
const declined = { id: 'declined', label: 'Security Alert', pattern: '(?i)widget .* declined' };
const verdictOf = async (tenant: string, path = '/v1/classify') =>
  bodyOf(await ask('POST', path, { tenant, body: { log_entries: ['Widget 12 declined politely'] } })).results[0];

describe('/v1/rules', () => {
  it('judges by the rules a tenant has set, and nobody else’s lines', async () => {
    const put = await ask('PUT', '/v1/rules', { tenant: 'ruled', body: { rules: [declined] } });

    const got = await ask('GET', '/v1/rules', { tenant: 'ruled' });
    const verdict = await verdictOf('ruled');

    expect(put.statusCode).toBe(200);
    expect(bodyOf(got).rules).toEqual([{ ...declined, confidence: 0.99 }]);
    expect(bodyOf(got).serviceRules.length).toBeGreaterThan(5);
    expect(verdict).toMatchObject({ target_label: 'Security Alert', stage: 'rule', ruleId: 'declined' });
    expect((await verdictOf('unruled')).ruleId).toBeUndefined();
  });

  it('asks them among labels of the tenant’s own too', async () => {
    const tenant = 'labelled';
    await ask('PUT', '/v1/labels', { tenant, body: { labels: ['Refusals', 'Routine'] } }, api);
    const wrong = await ask('PUT', '/v1/rules', { tenant, body: { rules: [declined] } });
    await ask('PUT', '/v1/rules', { tenant, body: { rules: [{ ...declined, label: 'Refusals' }] } });

    const verdict = await verdictOf(tenant);

    expect(bodyOf(wrong)).toMatchObject({ status: 400, issues: [{ path: 'rules.0.label' }] });
    expect(verdict).toMatchObject({ target_label: 'Refusals', stage: 'rule' });
  });

  it('keeps rules and labels apart: setting one leaves the other', async () => {
    const tenant = 'both';
    await ask('PUT', '/v1/rules', { tenant, body: { rules: [declined] } });
    await ask('PUT', '/v1/labels', { tenant, body: { labels: ['Refusals', 'Routine'] } }, api);

    const rules = await ask('GET', '/v1/rules', { tenant });
    await ask('PUT', '/v1/rules', { tenant, body: { rules: [] } });
    const labels = await ask('GET', '/v1/labels', { tenant }, api);

    expect(bodyOf(rules).rules).toHaveLength(1);
    expect(bodyOf(labels).labels).toHaveLength(2);
  });

  it('refuses what is not linear, with why, and stores nothing', async () => {
    const body = { rules: [declined, { ...declined, id: 'second', pattern: '(x+)\\1' }] };

    const reply = await ask('PUT', '/v1/rules', { tenant: 'steep', body });

    expect(bodyOf(reply)).toMatchObject({
      status: 400,
      type: 'urn:logsieve:problem:rules',
      issues: [{ path: 'rules.1.pattern', message: expect.stringContaining('linear time') }],
    });
    expect(bodyOf(await ask('GET', '/v1/rules', { tenant: 'steep' })).rules).toEqual([]);
  });

  it('changes nothing over a version that no longer stands', async () => {
    const first = await ask('GET', '/v1/rules', { tenant: 'versions' });
    const etag = String(first.headers?.etag);
    await ask('PUT', '/v1/rules', { tenant: 'versions', body: { rules: [declined] } });

    const late = await ask('PUT', '/v1/rules', {
      tenant: 'versions',
      body: { rules: [] },
      headers: { 'if-match': etag },
    });

    expect(late.statusCode).toBe(412);
  });

  it('tries rules on lines before they are live', async () => {
    const body = { rules: [declined], log_entries: ['Widget 12 declined', { source: 'x', log_message: 'fine' }] };

    const reply = await ask('POST', '/v1/rules/test', { tenant: 'tries', body });

    expect(bodyOf(reply)).toMatchObject({ matched: 1, results: [{ ruleId: 'declined', label: 'Security Alert' }, {}] });
    expect(bodyOf(await ask('GET', '/v1/rules', { tenant: 'tries' })).rules).toEqual([]);
  });
});
