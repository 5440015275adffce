import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { jobIdSchema, tenantSchema } from '../../lib/domain/job.ts';
import { readSmallBody } from './s3-body.ts';

const putEventsSchema = z.object({
  Entries: z.array(z.object({ Source: z.string(), DetailType: z.string(), Detail: z.string() })),
});

const jobFinishedSchema = z.object({ tenant: tenantSchema, jobId: jobIdSchema, name: z.string(), state: z.string() });
export type JobFinished = z.infer<typeof jobFinishedSchema>;

/** EventBridge's PutEvents with one rule: `JobFinished` goes to `onJobFinished`, which may be told of a job twice. */
export function serveEvents(onJobFinished: (job: JobFinished) => void) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    readSmallBody(request)
      .then((text) => putEventsSchema.parse(JSON.parse(text)))
      .then(({ Entries }) => {
        for (const { DetailType, Detail } of Entries) {
          const job = jobFinishedSchema.safeParse(JSON.parse(Detail));
          if (DetailType === 'JobFinished' && job.success) onJobFinished(job.data);
        }
        answer(200, { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) });
      })
      .catch(() => answer(400, { __type: 'ValidationException', message: 'Not a PutEvents request.' }));
  };
}
