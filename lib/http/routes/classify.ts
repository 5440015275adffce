import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { classifyBodySchema, ownLabelsBodySchema } from '../classify-route.ts';
import { lineKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { summarySchema } from '../schemas/summary.ts';
import { labelledVerdictSchema } from '../schemas/verdict.ts';

const limits = {
  wireBytes: LIMITS.classifyBytes,
  inflatedBytes: LIMITS.classifyBytes,
  instead: 'Send it as POST /v1/batches, or as a file by POST /v1/uploads.',
} as const;
const examples = [
  {
    name: 'lines',
    summary: 'A line, and a record of a source',
    body: {
      log_entries: [
        'Multiple failed password attempts for root',
        {
          source: 'LegacyCRM',
          log_message: 'Lead conversion failed for prospect ID 7842 due to missing contact information.',
        },
      ],
    },
    status: 200,
  },
  {
    name: 'threshold',
    summary: 'Fewer anomalies',
    body: { log_entries: [{ log_message: 'Disk /dev/sda1 is 97% full', level: 'WARN' }], threshold: 0.8 },
    status: 200,
  },
] as const;

const entry = {
  scope: 'ingest',
  handledBy: 'classify-http',
  method: 'POST',
  headers: lineKeyHeader,
  replies: {
    200: {
      description: 'A verdict for each record, in the order sent.',
      json: z.object({ results: z.array(labelledVerdictSchema), summary: summarySchema }),
    },
  },
} as const;

export const classify = defineRoute({
  ...entry,
  id: 'classify',
  path: '/v1/classify',
  tag: 'Now',
  summary: 'Judges records now',
  body: { limits, json: ownLabelsBodySchema },
  examples: [
    ...examples,
    {
      name: 'labels',
      summary: 'In labels of your own',
      body: {
        log_entries: ['Invoice 4711 could not be charged: card declined'],
        labels: [{ name: 'Billing', description: 'payments, invoices and credit cards' }, 'Shipping'],
      },
      status: 200,
    },
  ],
  description: `Up to ${LIMITS.classifyRecords} records; the answer comes within ${LIMITS.classifyDeadlineMs / 1000} s. What is unfinished by then is \`degraded\`.`,
});

export const classifyReplaced = defineRoute({
  ...entry,
  id: 'classifyReplaced',
  path: '/classify',
  tag: 'Replaced programs',
  replaced: true,
  summary: 'Judges records now, as the log classifier did',
  body: { limits, json: classifyBodySchema },
  examples,
  description: 'As `POST /v1/classify`, always in the service’s own labels.',
});
