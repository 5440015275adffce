import { jsonReply } from '../../lib/http/api-request.ts';
import { jobToView } from '../../lib/jobs/ask/job-view.ts';
import { replayJob } from '../../lib/jobs/replay.ts';
import { openPorts } from '../ports.ts';
import type { RouteHandler } from '../with-api.ts';
import { jobIdOf } from './job-id.ts';

/** `POST /v1/jobs/{id}/replay`: judges again what failed. */
export const replay: RouteHandler = async (request) =>
  jsonReply(202, jobToView(await replayJob(openPorts(), request.caller.tenant, jobIdOf(request)), []));
