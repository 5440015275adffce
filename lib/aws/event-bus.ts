import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Retryable } from '../domain/errors.ts';
import type { JobEvents } from '../ports.ts';
import { translated } from './errors.ts';

/** `JobFinished` on the account's default EventBridge bus. Counts and names, never log text. */
export function eventBridgeJobEvents(client: EventBridgeClient): JobEvents {
  return {
    jobFinished: async (job) => {
      const detail = {
        tenant: job.tenant,
        jobId: job.id,
        kind: job.kind,
        name: job.name,
        state: job.state,
        endedAt: job.endedAt,
        counts: { accepted: job.tally?.accepted, rejected: job.tally?.rejected, failed: job.tally?.failed },
        anomalies: job.tally?.anomalies,
        results: job.results,
        // Not its message, which may quote a header that is a line of log.
        error: job.error && { code: job.error.code },
      };
      const entry = { Source: 'logsieve', DetailType: 'JobFinished', Detail: JSON.stringify(detail) };
      const sent = await translated('put event', () => client.send(new PutEventsCommand({ Entries: [entry] })));
      if (sent.FailedEntryCount) throw new Retryable('events-unavailable', 'put event: not taken');
    },
  };
}
