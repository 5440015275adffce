import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { columnsSchema } from '../../lib/domain/job.ts';
import { askedLabelsShape, hypothesisTemplateSchema, toLabelSet } from '../../lib/domain/label-set.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import { type ApiRequest, jsonReply } from '../../lib/http/api-request.ts';
import { checkBody, parseJson, parseQuery, readBytes } from '../../lib/http/read-body.ts';
import { readBatchBody } from '../../lib/ingest/batch-body.ts';
import { labelsTextSchema } from '../../lib/ingest/metadata-labels.ts';
import { submitBatch } from '../../lib/jobs/submit-batch.ts';
import * as uploads from '../../lib/jobs/uploads.ts';
import { openPorts } from '../ports.ts';
import type { RouteHandler } from '../with-api.ts';
import { jobIdOf } from './job-id.ts';

/** Columns by query parameter, and labels where the body has no room for them: `?message=body&source=app&labels=Billing,Shipping`. */
const batchQuerySchema = columnsSchema
  .extend({ labels: labelsTextSchema.optional(), hypothesis_template: hypothesisTemplateSchema.optional() })
  .loose();
/** Beside `log_entries`. */
const batchLabelsSchema = z.object(askedLabelsShape);

const uploadBodySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(LIMITS.uploadNameChars)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u001f\u007f]+$/, 'no control characters'),
  bytes: z.int().positive(),
  columns: columnsSchema.optional(),
  source: z.string().max(LIMITS.sourceChars).optional(),
  joinContinuations: z.boolean().optional(),
  ...askedLabelsShape,
});

/** `POST /v1/batches`: a JSON array or NDJSON becomes a job. */
export const createBatch: RouteHandler = async (request) => {
  const bytes = await readBytes(request, {
    wireBytes: LIMITS.batchWireBytes,
    inflatedBytes: LIMITS.batchInflatedBytes,
    instead: 'Send it as a file by POST /v1/uploads.',
  });
  const { message, source, level, timestamp, ...query } = parseQuery(request.query, batchQuerySchema);
  const { ndjson, records, beside } = await readBatchBody(bytes);
  const inBody = toLabelSet(checkBody(beside, batchLabelsSchema));
  const job = await submitBatch(openPorts(), {
    tenant: request.caller.tenant,
    body: ndjson,
    wanted: { columns: { message, source, level, timestamp } },
    labels: inBody ?? toLabelSet(query),
    idempotencyKey: idempotencyKeyOf(request),
  });
  return jsonReply(202, { jobId: job.id, state: job.state, records, job: `/v1/jobs/${job.id}` });
};

/** `POST /v1/uploads`: a job that waits for its bytes, and links that write them. */
export const createUpload: RouteHandler = async (request) => {
  const limits = { wireBytes: LIMITS.requestBytes, inflatedBytes: LIMITS.requestBytes, instead: 'Send JSON.' };
  const body = parseJson(await readBytes(request, limits), uploadBodySchema);
  const { name, bytes, labels, hypothesis_template, ...wanted } = body;
  const upload = await uploads.createUpload(openPorts(), {
    tenant: request.caller.tenant,
    name,
    bytes,
    wanted,
    labels: toLabelSet({ labels, hypothesis_template }),
  });
  const { job, links, seconds } = upload;
  const how = 'url' in links ? { method: 'PUT', ...links } : { ...links, complete: `/v1/uploads/${job.id}/complete` };
  return jsonReply(201, {
    jobId: job.id,
    state: job.state,
    job: `/v1/jobs/${job.id}`,
    expiresInSeconds: seconds,
    ...how,
  });
};

/** `POST /v1/uploads/{id}/complete`: all parts are there. */
export const completeUpload: RouteHandler = async (request) => {
  const job = await uploads.completeUpload(openPorts(), request.caller.tenant, jobIdOf(request));
  return jsonReply(202, { jobId: job.id, state: job.state, job: `/v1/jobs/${job.id}` });
};

function idempotencyKeyOf({ headers }: ApiRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new InvalidInput('idempotency-key', 'Idempotency-Key is 1 to 128 visible ASCII characters.');
}
