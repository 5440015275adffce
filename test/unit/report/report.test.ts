import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import { lineToReport } from '../../../lib/report/error-report.ts';
import { sendReports } from '../../../lib/report/send-reports.ts';
import { readDsn } from '../../../lib/report/to-sentry.ts';

const at = Date.parse('2026-11-02T08:00:00Z');
const ours = {
  time: '2026-11-02T08:00:00.000Z',
  level: 'error',
  event: 'fault',
  code: 'service-refused',
  requestId: 'r1',
  ms: 12,
};
const line = (message: unknown, id = 'e1') => ({
  id,
  timestamp: at,
  message: typeof message === 'string' ? message : JSON.stringify(message),
});
const aReport = (id?: string) => {
  const report = lineToReport(line(ours, id), 'api');
  if (report === undefined) throw new TypeError('no report');
  return report;
};

describe('lineToReport', () => {
  it('tells of our own errors with their fields, the same line by the same id', () => {
    const report = aReport();

    expect(report).toMatchObject({ at, function: 'api', title: 'fault', fields: { code: 'service-refused', ms: 12 } });
    expect(report.id).toMatch(/^[0-9a-f]{32}$/);
    expect(aReport().id).toBe(report.id);
    expect(aReport('e2').id).not.toBe(report.id);
  });

  it('tells of a call that Lambda ended, and passes nothing of the line on', () => {
    const report = lineToReport(line('2026-11-02 r1 Task timed out after 28.00 seconds: card 4111'), 'api');

    expect(report).toMatchObject({ title: 'Task timed out', fields: {} });
    expect(JSON.stringify(report)).not.toContain('4111');
  });

  it.each([{ ...ours, level: 'warn' }, 'START RequestId: r1', '{"level":"error"}'])(
    'knows no error in %o',
    (message) => {
      expect(lineToReport(line(message), 'api')).toBeUndefined();
    },
  );
});

describe('readDsn', () => {
  it('finds the project’s envelopes, also under a path', () => {
    expect(readDsn('https://0a1b@sentry.example.com/42')).toEqual({
      url: 'https://sentry.example.com/api/42/envelope/',
      auth: expect.stringContaining('sentry_key=0a1b'),
    });
    expect(readDsn('https://0a1b@example.com/errors/42').url).toBe('https://example.com/errors/api/42/envelope/');
  });

  it('refuses what is none', () => {
    expect(() => readDsn('https://sentry.example.com/42')).toThrow(/DSN/);
  });

  it('refuses what is no address at all in the same words', () => {
    expect(() => readDsn('nonsense')).toThrow(InvalidInput);
  });
});

describe('sendReports', () => {
  interface Received {
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function startCollector(status = 200): Promise<{ origin: string; received: Received[] }> {
    const received: Received[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        received.push({ url: request.url ?? '', headers: request.headers, body });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no port');
    return { origin: `http://127.0.0.1:${address.port}`, received };
  }

  it('posts OTLP log records with the headers of the secret', async () => {
    const { origin, received } = await startCollector();
    const otlpHeaders = async () => '{"authorization":"Bearer t"}';

    await sendReports([aReport()], { service: 'logsieve', otlpEndpoint: `${origin}/otlp/`, otlpHeaders });

    expect(received.map(({ url }) => url)).toEqual(['/otlp/v1/logs']);
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'application/json' });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'logsieve' } }, { key: 'faas.name' }] },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: `${at}000000`,
                  severityNumber: 17,
                  body: { stringValue: 'fault' },
                  attributes: expect.arrayContaining([{ key: 'ms', value: { intValue: '12' } }]),
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('posts an envelope with one event for each report to Sentry, twenty at most', async () => {
    const { origin, received } = await startCollector();
    const sentryDsn = `${origin.replace('//', '//0a1b@')}/42`;

    await sendReports(
      Array.from({ length: 30 }, (_, index) => aReport(`e${index}`)),
      { service: 'logsieve', sentryDsn },
    );

    expect(received).toHaveLength(20);
    expect(received[0]).toMatchObject({
      url: '/api/42/envelope/',
      headers: { 'x-sentry-auth': expect.stringContaining('sentry_key=0a1b') },
    });
    const [head, item, event] = (received[0]?.body ?? '').split('\n').map((part): unknown => JSON.parse(part));
    expect(head).toEqual({ event_id: aReport('e0').id });
    expect(item).toEqual({ type: 'event' });
    expect(event).toMatchObject({ event_id: aReport('e0').id, level: 'error', message: { formatted: 'api: fault' } });
  });

  it('asks to be tried again where the errors were not taken', async () => {
    const { origin } = await startCollector(503);

    await expect(sendReports([aReport()], { service: 'logsieve', otlpEndpoint: origin })).rejects.toMatchObject({
      kind: 'retryable',
    });
  });

  it('says nothing where there is nothing to say', async () => {
    const { origin, received } = await startCollector();

    await sendReports([], { service: 'logsieve', otlpEndpoint: origin });

    expect(received).toEqual([]);
  });
});
