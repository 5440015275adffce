import { jsonReply } from '../../lib/http/api-request.ts';
import { readFormFile } from '../../lib/http/read-form.ts';
import { classifyCsv as route } from '../../lib/http/routes/classify-csv.ts';
import { judgeSmallSource, readSmallSource, renderSmallResults } from '../../lib/jobs/judge-source.ts';
import { submitBatch } from '../../lib/jobs/submit-batch.ts';
import { chargeLines } from '../charge-lines.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';
import { processCascade } from './cascade.ts';
import { openDeadline } from './deadline.ts';

/** In the service's own labels, like everything below `/classify`. */
export const classifyCsv = answer(route, async (request) => {
  const { body, caller, headers, query } = request;
  const { tenant } = caller;
  const { anomalyThreshold, remainingMs } = openDeadline();
  const { message, source, level, timestamp, threshold } = query;
  const file = { ...(await readFormFile(headers['content-type'], body)), name: 'body.csv' };
  const wanted = { format: 'csv', columns: { message, source, level, timestamp } } as const;
  const small = await readSmallSource(file, wanted);
  if (small === undefined) {
    const job = await submitBatch(openPorts(), {
      tenant,
      body: file.bytes,
      wanted,
      name: 'batch.csv',
      inServiceLabels: true,
      anomalyThreshold: threshold,
      by: { keyId: caller.keyId, quota: caller.quota },
      idempotencyKey: request.idempotencyKey,
    });
    const address = `/v1/jobs/${job.id}`;
    return jsonReply(202, { jobId: job.id, state: job.state, job: address, results: `${address}/results` });
  }
  await chargeLines(request, 'classify', small.rows.length, file.bytes);
  const judged = await judgeSmallSource(await processCascade(), tenant, small, { remainingMs });
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="classified.csv"',
    },
    body: renderSmallResults(judged, threshold ?? anomalyThreshold),
  };
});
