import * as z from 'zod';
import { askedLabelsShape, toLabelSet } from '../../lib/domain/label-set.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { checkBody } from '../../lib/http/read-body.ts';
import * as routes from '../../lib/http/routes/doors.ts';
import { readBatchBody } from '../../lib/ingest/batch-body.ts';
import { type Batch, refuseReusedKey, submitBatch } from '../../lib/jobs/submit-batch.ts';
import * as uploads from '../../lib/jobs/uploads.ts';
import { chargeLines } from '../charge-lines.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

/** Beside `log_entries`. */
const batchLabelsSchema = z.object(askedLabelsShape);

export const createBatch = answer(routes.createBatch, async (request) => {
  const { message, source, level, timestamp, ...query } = request.query;
  const { ndjson, records, beside } = await readBatchBody(request.body);
  const batch: Batch = {
    tenant: request.caller.tenant,
    body: ndjson,
    wanted: { columns: { message, source, level, timestamp } },
    labels: toLabelSet(checkBody(beside, batchLabelsSchema)) ?? toLabelSet(query),
    idempotencyKey: request.idempotencyKey,
    by: { keyId: request.caller.keyId, quota: request.caller.quota },
    counted: true,
  };
  await refuseReusedKey(openPorts(), batch);
  await chargeLines(request, 'batch', records, ndjson);
  const job = await submitBatch(openPorts(), batch);
  return jsonReply(202, { jobId: job.id, state: job.state, records, job: `/v1/jobs/${job.id}` });
});

export const createUpload = answer(routes.createUpload, async (request) => {
  const { body, caller } = request;
  const { name, bytes, labels, hypothesis_template, ...wanted } = body;
  const upload = await uploads.createUpload(openPorts(), {
    tenant: caller.tenant,
    name,
    bytes,
    wanted,
    labels: toLabelSet({ labels, hypothesis_template }),
    by: { keyId: caller.keyId, quota: caller.quota },
    idempotencyKey: request.idempotencyKey,
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
});

export const completeUpload = answer(routes.completeUpload, async ({ params, caller }) => {
  const job = await uploads.completeUpload(openPorts(), caller.tenant, params.id);
  return jsonReply(202, { jobId: job.id, state: job.state, job: `/v1/jobs/${job.id}` });
});
