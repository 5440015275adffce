import type { CloudWatchLogsEvent, Context } from 'aws-lambda';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { type LogDelivery, readSubscriptionEvent } from '../../lib/ingest/subscription-event.ts';
import { takeLogDelivery } from '../../lib/jobs/log-delivery.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';

export interface LogsOutcome {
  readonly taken: number;
  readonly jobId?: string;
  readonly refused?: string;
}

/**
 * CloudWatch Logs' subscription: puts the events in S3 first, then has them judged. What can never be taken (a foreign
 * event, a log group of nobody or of ours) is logged once and answered, not thrown: a retry would not mend it.
 */
export async function handler(event: CloudWatchLogsEvent, context: Context): Promise<LogsOutcome> {
  const outcome = await take(event, context);
  await flush();
  return outcome;
}

async function take(event: CloudWatchLogsEvent, context: Context): Promise<LogsOutcome> {
  const ports = openPorts();
  try {
    const delivery = readSubscriptionEvent(event, ports.config.OWN_LOG_GROUP_PREFIX);
    if (delivery === undefined) return { taken: 0 };
    const tenant = ownerOf(delivery);
    const job = await takeLogDelivery(ports, tenant, delivery);
    log('info', 'delivery', {
      requestId: context.awsRequestId,
      tenant,
      jobId: job.id,
      records: delivery.events.length,
    });
    return { taken: delivery.events.length, jobId: job.id };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    // A line about our own lines would be delivered again: an account-level subscription asks nobody which groups it takes.
    if (error.code === 'own-log-group') return { taken: 0, refused: error.code };
    log('warn', 'delivery-refused', { requestId: context.awsRequestId, code: error.code });
    return { taken: 0, refused: error.message };
  }
}

/** The first configured name or prefix that fits says whose it is. */
function ownerOf({ logGroup, owner }: LogDelivery): string {
  const { LOG_GROUPS } = openPorts().config;
  const found = LOG_GROUPS.find(
    ({ prefix, account, exact }) =>
      (exact ? logGroup === prefix : logGroup.startsWith(prefix)) && (account === undefined || account === owner),
  );
  if (found === undefined) throw new InvalidInput('log-group-of-nobody', 'No tenant is configured for this log group.');
  return found.tenant;
}
