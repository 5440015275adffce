import * as z from 'zod';
import { jobIdSchema } from '../../domain/job.ts';
import { LIMITS } from '../../domain/limits.ts';
import { classifyBodySchema } from '../classify-route.ts';
import { lineKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { fileForm } from './classify-csv.ts';

/** What a plot is made of: a job, or records to be judged now. */
export const plotBodySchema = z.union([z.object({ job_id: jobIdSchema }), classifyBodySchema]);

export const plot = defineRoute({
  id: 'plot',
  method: 'POST',
  path: '/plot',
  handledBy: 'classify-http',
  scope: 'read',
  tag: 'Replaced programs',
  replaced: true,
  summary: 'A picture of what a job, records or a CSV come to',
  description: `Categories, stages, anomalies over time (or in the order of the rows, where records do not say when), top patterns. Records and CSVs (up to ${LIMITS.csvRowsNow} rows) are judged now, which needs the scope \`ingest\` too. PNG, or SVG by \`Accept\`.`,
  headers: {
    ...lineKeyHeader,
    Accept: { description: '`image/png` (the default) or `image/svg+xml`.', example: 'image/svg+xml' },
  },
  body: {
    limits: {
      wireBytes: LIMITS.batchWireBytes,
      inflatedBytes: LIMITS.batchWireBytes,
      instead: 'Send it as a file by POST /v1/uploads, and plot the job.',
    },
    media: { 'application/json': { schema: plotBodySchema }, 'multipart/form-data': fileForm, 'text/csv': {} },
  },
  replies: {
    200: {
      description: 'The picture.',
      media: { 'image/png': { schema: { type: 'string', format: 'binary' } }, 'image/svg+xml': {} },
    },
  },
  problems: {
    404: 'There is no such job.',
    406: 'Neither PNG nor SVG is accepted.',
    409: 'The job has no judged records yet.',
  },
  examples: [
    {
      name: 'records',
      summary: 'Of records',
      body: {
        log_entries: [
          { log_message: 'User 42 logged in', timestamp: '2026-03-01T10:00:00Z' },
          { log_message: 'disk failure on sdb', timestamp: '2026-03-01T10:05:00Z' },
        ],
      },
      headers: { Accept: 'image/svg+xml' },
      status: 200,
    },
    { name: 'job', summary: 'Of a job', body: { job_id: '0123456789abcdefghijklmnop' }, status: 200 },
  ],
});
