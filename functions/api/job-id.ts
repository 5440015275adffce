import { InvalidInput } from '../../lib/domain/errors.ts';
import { jobIdSchema } from '../../lib/domain/job.ts';
import type { ApiRequest } from '../../lib/http/api-request.ts';

/** The `{id}` of the path; one that cannot be a job's is one that is not there. */
export function jobIdOf({ params }: ApiRequest): string {
  const id = jobIdSchema.safeParse(params.id);
  if (!id.success) throw new InvalidInput('job-missing', 'there is no such job', { status: 404 });
  return id.data;
}
