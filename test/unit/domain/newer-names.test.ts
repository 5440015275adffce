import { expect, it } from 'vitest';
import { ingestOrderSchema } from '../../../lib/domain/chunk.ts';
import { jobSchema } from '../../../lib/domain/job.ts';
import { aJob } from '../../factories/jobs.ts';

it('what newer code adds to a job or a message is passed over by this one', () => {
  const job = aJob({
    throttled: { since: '2026-03-01T10:00:00.000Z' },
    wanted: { columns: { message: 'text' } },
    by: { keyId: 'k1', quota: { linesPerDay: 5 } },
  });
  const { tenant, id: jobId } = job;

  const stored = {
    ...{ ...job, newer: 1 },
    throttled: { ...job.throttled, newer: 1 },
    wanted: { columns: { ...job.wanted.columns, newer: 1 } },
    by: { ...job.by, quota: { ...job.by?.quota, newer: 1 } },
  };
  expect(jobSchema.parse(stored)).toEqual(job);
  expect(ingestOrderSchema.parse({ tenant, jobId, newer: 1 })).toEqual({ tenant, jobId });
});
