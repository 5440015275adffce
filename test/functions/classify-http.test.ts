import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sample from '../../events/apigw-classify.json' with { type: 'json' };
import { handler } from '../../functions/classify/http.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import { SEVERITIES } from '../../lib/domain/severity.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const send = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  handler(anApiEvent({ method: 'POST', path: '/v1/classify', scopes: 'ingest', body, headers }), aContext());
const classify = async (entries: readonly unknown[], fields: object = {}) => {
  const reply = await send(JSON.stringify({ log_entries: entries, ...fields }));
  expect(reply).toMatchObject({ statusCode: 200 });
  return bodyOf(reply);
};
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

describe('POST /classify/', () => {
  it('answers the sample event, texts and objects mixed, in the order asked', async () => {
    const { path, body, headers, requestContext } = sample;
    const event = anApiEvent({ method: 'POST', path, headers, scopes: requestContext.authorizer.scopes });

    const reply = await handler({ ...event, body, isBase64Encoded: false }, aContext());

    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'request-1',
    });
    const { results } = bodyOf(reply);
    expect(results.map((result: { target_label: string }) => result.target_label)).toEqual([
      'System Notification',
      'HTTP Status',
      'Deprecation Warning',
    ]);
  });

  it('keeps the order of 500 entries and gives those of one pattern one verdict', async () => {
    const entries = Array.from({ length: LIMITS.classifyRecords }, (_, index) =>
      index % 2 === 0
        ? `User User${index} logged in.`
        : { source: 'disk', log_message: `Disk cleanup took ${index} s` },
    );

    const { results, summary } = await classify(entries);

    const patterns = results.map((result: { patternId: string }) => result.patternId);
    expect(patterns).toHaveLength(500);
    expect(patterns).toEqual(patterns.map((_: string, index: number) => patterns[index % 2]));
    expect(patterns[0]).not.toBe(patterns[1]);
    expect(summary).toMatchObject({ records: 500 });
    expect(sum(summary.byCategory)).toBe(500);
    expect(sum(summary.byStage)).toBe(500);
    expect(sum(summary.bySeverity)).toBe(500);
  });

  it('gives every verdict whole, and counts the anomalies of the threshold asked', async () => {
    const entries = ['Backup completed successfully.', 'kernel panic: two disks of the array failed, data lost'];

    const [low, usual, high] = await Promise.all([
      classify(entries, { threshold: 0 }),
      classify(entries),
      classify(entries, { threshold: 1 }),
    ]);

    expect([low, high].map(({ summary }) => summary.anomalies)).toEqual([2, 0]);
    for (const {
      target_label,
      category,
      confidence,
      anomaly,
      severity,
      stage,
      model,
      reason,
      pattern,
    } of usual.results) {
      expect(target_label).toBe(category);
      expect(confidence).toBeGreaterThan(0);
      expect(anomaly).toEqual({ score: expect.any(Number), isAnomaly: anomaly.score >= 0.5, threshold: 0.5 });
      expect(SEVERITIES).toContain(severity);
      expect(stage).not.toBe('none');
      expect(model).toEqual({ id: expect.any(String), version: expect.any(String) });
      expect(reason).not.toBe('');
      expect(pattern).not.toBe('');
    }
    expect(usual.results[1].anomaly.isAnomaly).toBe(true);
    expect(usual.results[0].anomaly.isAnomaly).toBe(false);
  });

  it('is right about LegacyCRM without a key for the language model, and says that it was wanted', async () => {
    const { results, summary } = await classify([
      {
        source: 'LegacyCRM',
        log_message: 'Case escalation for ticket ID 7324 failed because the agent is not active.',
      },
      { source: 'LegacyCRM', log_message: "The 'ReportGenerator' module will be retired in version 4.0." },
      'Backup completed successfully.',
    ]);

    expect(results).toMatchObject([
      { target_label: 'Workflow Error', degraded: true, reason: expect.stringContaining('language model') },
      { target_label: 'Deprecation Warning', degraded: true, reason: expect.stringContaining('language model') },
      { target_label: 'System Notification' },
    ]);
    expect(results[2].degraded).toBeUndefined();
    expect(summary.degraded).toBe(2);
  });

  it('answers an entry without text as Unclassified, says why, and leaves its neighbours alone', async () => {
    const alone = await classify(['User User1 logged in.']);
    const { results } = await classify([
      '',
      'User User1 logged in.',
      ' \t\n\u0000\u200b',
      { log_message: '', level: 'ERROR' },
    ]);

    expect(results[0]).toMatchObject({
      target_label: 'Unclassified',
      stage: 'none',
      reason: 'the record holds no text',
    });
    expect(results[0].degraded).toBeUndefined();
    expect(results[1]).toEqual(alone.results[0]);
    expect(results[2]).toMatchObject({ target_label: 'Unclassified', reason: 'the record holds no text' });
    expect(results[3]).toMatchObject({ target_label: 'Unclassified', severity: 'error' });
  });

  it.each([
    ['NUL bytes', 'Backup\u0000 completed\u0000 successfully.'],
    ['a lone surrogate', 'Backup completed successfully. \ud800'],
    ['an astronomically long token', `Backup completed successfully. ${'x'.repeat(200_000)}`],
    ['a prototype name as source', { source: '__proto__', log_message: 'Backup completed successfully.' }],
    ['absent fields as null', { log_message: 'Backup completed successfully.', level: null, timestamp: null }],
  ])('takes %s', async (_name, entry) => {
    const { results, summary } = await classify([entry, 'User User1 logged in.']);

    expect(results).toHaveLength(2);
    expect(results[1].target_label).toBe('User Action');
    expect(summary.records).toBe(2);
  });

  it('takes broken UTF-8, a byte order mark and gzip, announced or not', async () => {
    const text = '{"log_entries":["Backup completed successfully."]}';
    const broken = Buffer.from(text.replace('Backup', 'Backup \u00ff'), 'latin1');

    const replies = await Promise.all([
      send(broken),
      send(`\ufeff${text}`),
      send(gzipSync(text), { 'Content-Encoding': 'gzip' }),
      send(gzipSync(text)),
    ]);

    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  });

  it('logs who asked what and how it went, and never a line', async () => {
    await classify(['a-secret-word in a line']);

    const line = JSON.parse(service.logged.at(-1) ?? '');
    expect(line).toMatchObject({ event: 'request', tenant: 'acme', route: 'POST /v1/classify', status: 200 });
    expect(service.logged.join()).not.toContain('a-secret-word');
  });
});
