import { InvalidInput } from '../domain/errors.ts';
import type { ErrorReport } from './error-report.ts';

/** Where a project of Sentry takes envelopes (https://develop.sentry.dev/sdk/data-model/envelopes/) and with what key. Throws `InvalidInput('sentry-dsn')`. */
export function readDsn(dsn: string): { url: string; auth: string } {
  if (!URL.canParse(dsn)) throw notADsn();
  const { protocol, host, username, pathname } = new URL(dsn);
  const [project = '', ...prefix] = pathname.split('/').filter(Boolean).reverse();
  if (!/^\d+$/.test(project) || username === '') throw notADsn();
  const base = [`${protocol}//${host}`, ...prefix.reverse()].join('/');
  return {
    url: `${base}/api/${project}/envelope/`,
    auth: `Sentry sentry_version=7, sentry_client=logsieve/1, sentry_key=${username}`,
  };
}

function notADsn(): InvalidInput {
  return new InvalidInput('sentry-dsn', 'A DSN of Sentry is https://KEY@HOST/PROJECT.');
}

/** One envelope, which holds one event; Sentry takes an event id once. */
export function reportToEnvelope({ id, at, title, fields, function: from }: ErrorReport, service: string): string {
  const event = {
    event_id: id,
    timestamp: at / 1_000,
    platform: 'node',
    level: 'error',
    logger: from,
    server_name: service,
    message: { formatted: `${from}: ${title}` },
    // What is alike is one issue, whatever its request ids.
    fingerprint: [from, title, String(fields.code ?? fields.error ?? '')],
    tags: { function: from },
    extra: fields,
  };
  return [{ event_id: id }, { type: 'event' }, event].map((part) => JSON.stringify(part)).join('\n');
}
