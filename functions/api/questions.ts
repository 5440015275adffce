import * as z from 'zod';
import { LIMITS } from '../../lib/domain/limits.ts';
import { STAGES } from '../../lib/domain/verdict.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { parseQuery } from '../../lib/http/read-body.ts';
import * as ask from '../../lib/jobs/ask/job-view.ts';
import { linkResults } from '../../lib/jobs/ask/link-results.ts';
import { listPatterns } from '../../lib/jobs/ask/list-patterns.ts';
import { listVerdicts } from '../../lib/jobs/ask/list-verdicts.ts';
import { openPorts } from '../ports.ts';
import type { RouteHandler } from '../with-api.ts';
import { jobIdOf } from './job-id.ts';

/** Digits only: `Number('')` is 0, which nobody means who leaves a parameter empty. */
const numberSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,20})?$/, 'must be a number')
  .transform(Number);
const pageQuery = {
  limit: numberSchema.pipe(z.int().min(1).max(LIMITS.listItems)).default(LIMITS.listItems),
  cursor: z.string().max(2048).optional(),
};
const anomalyQuery = {
  threshold: numberSchema.pipe(z.number().min(0).max(1)).optional(),
  anomaly: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
};
const listQuerySchema = z.strictObject(pageQuery);
const verdictsQuerySchema = z.strictObject({
  ...pageQuery,
  ...anomalyQuery,
  category: z.string().max(128).optional(),
  stage: z.enum(STAGES).optional(),
  pattern: z.string().max(64).optional(),
});
const patternsQuerySchema = z.strictObject({
  ...pageQuery,
  ...anomalyQuery,
  order: z.enum(['count', 'score']).default('count'),
});

/** `GET /v1/jobs`: newest first. */
export const listJobs: RouteHandler = async (request) =>
  jsonReply(200, await ask.listJobs(openPorts(), request.caller.tenant, parseQuery(request.query, listQuerySchema)));

/** `GET /v1/jobs/{id}`: state, counts, progress. */
export const getJob: RouteHandler = async (request) =>
  jsonReply(200, await ask.viewJob(openPorts(), request.caller.tenant, jobIdOf(request)));

/** `GET /v1/jobs/{id}/verdicts`: rows in the order of the source. */
export const getVerdicts: RouteHandler = async (request) => {
  const query = parseQuery(request.query, verdictsQuerySchema);
  const { tenant } = request.caller;
  return jsonReply(200, await listVerdicts(openPorts(), { ...query, tenant, jobId: jobIdOf(request) }));
};

/** `GET /v1/jobs/{id}/patterns`: what the job comes down to. */
export const getPatterns: RouteHandler = async (request) => {
  const query = parseQuery(request.query, patternsQuerySchema);
  const { tenant } = request.caller;
  return jsonReply(200, await listPatterns(openPorts(), { ...query, tenant, jobId: jobIdOf(request) }));
};

/** `GET /v1/jobs/{id}/results`: a link to the results file. */
export const getResults: RouteHandler = async (request) =>
  jsonReply(200, await linkResults(openPorts(), request.caller.tenant, jobIdOf(request)));
