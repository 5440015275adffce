import type { CloudWatchLogsEvent } from 'aws-lambda';
import { readSubscriptionEvent } from '../../lib/ingest/subscription-event.ts';
import { lineToReport } from '../../lib/report/error-report.ts';
import { sendReports } from '../../lib/report/send-reports.ts';
import { openPorts } from '../ports.ts';

/** No log group begins so: this function alone reads our own. */
const NO_PREFIX = '\u0000';

/**
 * Hears of errors in the other functions' logs and passes them on to the owner's collector or Sentry. Apart from them,
 * so that no request waits for an outside service, and a crash is told of too.
 */
export async function handler(event: CloudWatchLogsEvent): Promise<{ sent: number }> {
  const { config, secrets } = openPorts();
  const delivery = readSubscriptionEvent(event, NO_PREFIX);
  if (delivery === undefined) return { sent: 0 };
  const from = delivery.logGroup.replace(config.OWN_LOG_GROUP_PREFIX, '');
  const reports = delivery.events.flatMap((line) => lineToReport(line, from) ?? []);
  const headersSecret = config.ERRORS_OTLP_HEADERS_SECRET_ARN;
  await sendReports(reports, {
    service: config.OWN_LOG_GROUP_PREFIX.replace(/^\/aws\/lambda\/|-$/g, ''),
    otlpEndpoint: config.ERRORS_OTLP_ENDPOINT,
    otlpHeaders: headersSecret === undefined ? undefined : () => secrets.get(headersSecret),
    sentryDsn: config.ERRORS_SENTRY_DSN,
  });
  return { sent: reports.length };
}
