import { jsonReply } from '../../lib/http/api-request.ts';
import * as routes from '../../lib/http/routes/jobs.ts';
import * as ask from '../../lib/jobs/ask/job-view.ts';
import { linkResults } from '../../lib/jobs/ask/link-results.ts';
import { listPatterns } from '../../lib/jobs/ask/list-patterns.ts';
import { listVerdicts } from '../../lib/jobs/ask/list-verdicts.ts';
import { replayJob } from '../../lib/jobs/replay.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

/** What is asked of jobs, and the one thing that is told them. */
export const jobAnswers = [
  answer(routes.listJobs, async ({ caller, query }) =>
    jsonReply(200, await ask.listJobs(openPorts(), caller.tenant, query)),
  ),
  answer(routes.getJob, async ({ caller, params }) =>
    jsonReply(200, await ask.viewJob(openPorts(), caller.tenant, params.id)),
  ),
  answer(routes.getVerdicts, async ({ caller, params, query }) =>
    jsonReply(200, await listVerdicts(openPorts(), { ...query, tenant: caller.tenant, jobId: params.id })),
  ),
  answer(routes.getPatterns, async ({ caller, params, query }) =>
    jsonReply(200, await listPatterns(openPorts(), { ...query, tenant: caller.tenant, jobId: params.id })),
  ),
  answer(routes.getResults, async ({ caller, params }) =>
    jsonReply(200, await linkResults(openPorts(), caller.tenant, params.id)),
  ),
  answer(routes.replayJob, async ({ caller, params }) =>
    jsonReply(202, ask.jobToView(await replayJob(openPorts(), caller.tenant, params.id), [])),
  ),
];
