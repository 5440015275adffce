import * as z from 'zod';
import { columnsSchema } from '../../domain/job.ts';
import { askedLabelsShape, hypothesisTemplateSchema } from '../../domain/label-set.ts';
import { LIMITS } from '../../domain/limits.ts';
import { labelsTextSchema } from '../../ingest/metadata-labels.ts';
import { jobKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { startedBatchSchema, startedJobSchema, startedUploadSchema } from '../schemas/job.ts';
import { queryText } from '../schemas/query.ts';
import { ofJob } from './jobs.ts';

const noControlCharacters = z
  .string()
  .min(1)
  .max(LIMITS.uploadNameChars)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'no control characters');

const records = z
  .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
  .min(1)
  .max(LIMITS.batchRecords);
/** Any object but one that holds records. */
const loneRecord = z
  .record(z.string(), z.unknown())
  .meta({ not: { required: ['log_entries'], properties: { log_entries: {} } } });
const ndjson = [
  '{"log_message":"Deployment 42 finished","source":"ci"}',
  '{"log_message":"Out of memory: Killed process 911 (java)","source":"kernel"}',
].join('\n');

export const createBatch = defineRoute({
  id: 'createBatch',
  method: 'POST',
  path: '/v1/batches',
  handledBy: 'api',
  scope: 'ingest',
  tag: 'Jobs',
  summary: 'A JSON array or NDJSON becomes a job',
  description: `Up to ${LIMITS.batchWireBytes} bytes on the wire and ${LIMITS.batchInflatedBytes} inflated; a JSON array holds up to ${LIMITS.batchRecords} records. The query says which keys hold what, where they are not recognised by their names.`,
  query: columnsSchema.extend({
    labels: queryText(labelsTextSchema, 'Names between commas, or the JSON array that a body takes.').optional(),
    hypothesis_template: hypothesisTemplateSchema.optional(),
  }),
  headers: jobKeyHeader,
  body: {
    limits: {
      wireBytes: LIMITS.batchWireBytes,
      inflatedBytes: LIMITS.batchInflatedBytes,
      instead: 'Send it as a file by POST /v1/uploads.',
    },
    media: {
      'application/json': {
        description: 'An array of records, an object with them under `log_entries`, or a lone record.',
        schema: z.union([
          records,
          z.looseObject({ log_entries: records, ...askedLabelsShape }),
          loneRecord,
          z.string(),
        ]),
      },
      // What it is is seen from the body: an array under this name is read too.
      'application/x-ndjson': { description: 'A record a line.', schema: {}, example: ndjson },
    },
  },
  replies: { 202: { description: 'The job.', json: startedBatchSchema } },
  problems: { 422: 'The Idempotency-Key was used for another body.' },
  examples: [
    { name: 'array', summary: 'A JSON array', body: ['Deployment 42 finished', { message: 'ok' }], status: 202 },
    { name: 'lines', summary: 'NDJSON', body: ndjson, media: 'application/x-ndjson', status: 202 },
  ],
});

export const createUpload = defineRoute({
  id: 'createUpload',
  method: 'POST',
  path: '/v1/uploads',
  handledBy: 'api',
  scope: 'ingest',
  tag: 'Jobs',
  summary: 'A job that waits for its bytes, and links that write them',
  description: `Files of up to ${LIMITS.uploadBytes} bytes: \`.csv\`, \`.tsv\`, \`.ndjson\`, \`.log\`, each also \`.gz\`. Over ${LIMITS.singlePutBytes} bytes there is a link for each part.`,
  headers: jobKeyHeader,
  body: {
    limits: { wireBytes: LIMITS.requestBytes, inflatedBytes: LIMITS.requestBytes, instead: 'Send JSON.' },
    json: z.strictObject({
      name: noControlCharacters,
      bytes: z.int().positive(),
      columns: columnsSchema.optional(),
      source: z.string().max(LIMITS.sourceChars).optional(),
      joinContinuations: z.boolean().optional(),
      ...askedLabelsShape,
    }),
  },
  replies: { 201: { description: 'The job, and where its bytes go.', json: startedUploadSchema } },
  problems: { 422: 'The Idempotency-Key was used for another upload.' },
  examples: [
    { name: 'csv', summary: 'A CSV of 1,234 bytes', body: { name: 'access.csv', bytes: 1234 }, status: 201 },
    {
      name: 'columns',
      summary: 'With columns of other names',
      body: { name: 'export.csv.gz', bytes: 52_000, columns: { message: 'text', source: 'host' } },
      status: 201,
    },
  ],
});

export const completeUpload = defineRoute({
  ...ofJob,
  id: 'completeUpload',
  method: 'POST',
  path: '/v1/uploads/{id}/complete',
  handledBy: 'api',
  scope: 'ingest',
  tag: 'Jobs',
  summary: 'All parts are there',
  description: 'Said again it changes nothing.',
  replies: { 202: { description: 'The job.', json: startedJobSchema } },
  problems: { 409: 'The bytes are not there yet.' },
});
