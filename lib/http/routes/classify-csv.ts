import * as z from 'zod';
import { columnsSchema } from '../../domain/job.ts';
import { LIMITS } from '../../domain/limits.ts';
import { jobKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { startedJobSchema } from '../schemas/job.ts';
import { queryProbability } from '../schemas/query.ts';

const csv =
  'source,log_message\nModernCRM,IP 192.168.133.114 blocked due to potential attack\nkernel,usb 1-1: new device\n';

/** A file in a form. */
export const fileForm = {
  schema: {
    type: 'object',
    properties: {
      file: { type: 'string', contentMediaType: 'text/csv', description: 'The file, in a field of any name.' },
    },
    required: ['file'],
  },
} as const;

export const classifyCsv = defineRoute({
  id: 'classifyCsv',
  method: 'POST',
  path: '/classify/csv',
  handledBy: 'classify-http',
  scope: 'ingest',
  tag: 'Replaced programs',
  replaced: true,
  summary: 'A CSV file in, the same file with `target_label` and our other columns out',
  description: `As a form with a file, or as a body of \`text/csv\`. Up to ${LIMITS.csvRowsNow} rows of together ${LIMITS.csvBytesNow} bytes are answered now; more become a job, with links to it.`,
  query: columnsSchema
    .extend({ threshold: queryProbability('From which score on a row is an anomaly.').optional() })
    .loose(),
  headers: jobKeyHeader,
  body: {
    limits: {
      wireBytes: LIMITS.batchWireBytes,
      inflatedBytes: LIMITS.batchWireBytes,
      instead: 'Send it as a file by POST /v1/uploads.',
    },
    media: { 'multipart/form-data': fileForm, 'text/csv': {} },
  },
  replies: {
    200: { description: 'The file with our columns.', media: { 'text/csv': {} } },
    202: {
      description: 'The job that judges a larger file.',
      json: startedJobSchema.extend({
        results: z.string().describe('Where the link to the results file is, once the job has ended.'),
      }),
    },
  },
  examples: [{ name: 'csv', summary: 'Two rows', body: csv, media: 'text/csv', status: 200 }],
});
