import * as z from 'zod';
import { Fault, Retryable } from '../domain/errors.ts';
import type { ErrorReport } from './error-report.ts';
import { reportsToOtlp } from './to-otlp.ts';
import { readDsn, reportToEnvelope } from './to-sentry.ts';

export interface ReportTargets {
  /** The stack's name. */
  readonly service: string;
  readonly otlpEndpoint?: string;
  /** JSON object of the headers a collector wants. */
  readonly otlpHeaders?: () => Promise<string>;
  readonly sentryDsn?: string;
}

/** A delivery may tell of thousands of equal errors; the first ones say it. */
const MOST_EVENTS = 20;
const TIMEOUT_MS = 8_000;

/** Tells the targets of errors. Throws `Retryable` where one did not take them, so that they are sent again: both know a report by its id. */
export async function sendReports(reports: readonly ErrorReport[], targets: ReportTargets): Promise<void> {
  if (reports.length === 0) return;
  const { service, otlpEndpoint, sentryDsn } = targets;
  if (otlpEndpoint !== undefined) {
    const headers = targets.otlpHeaders === undefined ? {} : parseHeaders(await targets.otlpHeaders());
    const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/logs`;
    await post(
      url,
      { ...headers, 'content-type': 'application/json' },
      JSON.stringify(reportsToOtlp(reports, service)),
    );
  }
  if (sentryDsn === undefined) return;
  const { url, auth } = readDsn(sentryDsn);
  const headers = { 'content-type': 'application/x-sentry-envelope', 'x-sentry-auth': auth };
  for (const report of reports.slice(0, MOST_EVENTS)) await post(url, headers, reportToEnvelope(report, service));
}

function parseHeaders(text: string): Record<string, string> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('otlp-headers', 'the secret of the collector’s headers is no JSON object of texts', { cause });
  }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (cause: unknown) => {
      throw new Retryable('errors-not-taken', 'where errors are sent did not answer', { cause });
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw new Retryable('errors-not-taken', `where errors are sent answered ${answer.status}`);
}
