import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { classifyBodySchema } from '../classify-route.ts';
import { defineRoute } from '../route.ts';
import { summarySchema } from '../schemas/summary.ts';
import { labelledVerdictSchema } from '../schemas/verdict.ts';

const entry = {
  scope: 'ingest',
  handledBy: 'classify-http',
  method: 'POST',
  body: {
    limits: {
      wireBytes: LIMITS.classifyBytes,
      inflatedBytes: LIMITS.classifyBytes,
      instead: 'Send it as POST /v1/batches, or as a file by POST /v1/uploads.',
    },
    json: classifyBodySchema,
  },
  replies: {
    200: {
      description: 'A verdict for each record, in the order sent.',
      json: z.object({ results: z.array(labelledVerdictSchema), summary: summarySchema }),
    },
  },
  examples: [
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
  ],
} as const;

export const classify = defineRoute({
  ...entry,
  id: 'classify',
  path: '/v1/classify',
  tag: 'Now',
  summary: 'Judges records now',
  description: `Up to ${LIMITS.classifyRecords} records; the answer comes within ${LIMITS.classifyDeadlineMs / 1000} s. What is unfinished by then is \`degraded\`.`,
});

export const classifyReplaced = defineRoute({
  ...entry,
  id: 'classifyReplaced',
  path: '/classify',
  tag: 'Replaced programs',
  replaced: true,
  summary: 'Judges records now, as the log classifier did',
  description: '`POST /v1/classify` under its older address.',
});
