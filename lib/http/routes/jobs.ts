import * as z from 'zod';
import { jobIdSchema } from '../../domain/job.ts';
import { STAGES } from '../../domain/verdict.ts';
import { defineRoute } from '../route.ts';
import { jobListSchema, jobSchema, patternPageSchema, resultsLinkSchema, verdictPageSchema } from '../schemas/job.ts';
import { pageQuery, queryFlag, queryProbability } from '../schemas/query.ts';

/** What every route below a job shares. */
export const ofJob = {
  params: z.object({ id: jobIdSchema }),
  missing: { code: 'job-missing', detail: 'there is no such job' },
} as const;

const read = { method: 'GET', handledBy: 'api', scope: 'read', tag: 'Jobs' } as const;
const anomalyQuery = {
  threshold: queryProbability('Read under this threshold in place of the job’s.').optional(),
  anomaly: queryFlag('Only anomalies, or only the others.').optional(),
};

export const listJobs = defineRoute({
  ...read,
  id: 'listJobs',
  path: '/v1/jobs',
  summary: 'Jobs, newest first',
  query: z.strictObject(pageQuery),
  replies: { 200: { description: 'A page of jobs.', json: jobListSchema } },
  examples: [{ name: 'newest', summary: 'The newest ten', query: { limit: '10' }, status: 200 }],
});

export const getJob = defineRoute({
  ...read,
  ...ofJob,
  id: 'getJob',
  path: '/v1/jobs/{id}',
  summary: 'State, counts, progress, and counts by category, stage and severity',
  replies: { 200: { description: 'The job.', json: jobSchema } },
  examples: [{ name: 'job', summary: 'One job', status: 200 }],
});

export const getVerdicts = defineRoute({
  ...read,
  ...ofJob,
  id: 'getVerdicts',
  path: '/v1/jobs/{id}/verdicts',
  summary: 'Row by row, in the order of the source',
  description: 'Rows that could not be read are shown where nothing is filtered.',
  query: z.strictObject({
    ...pageQuery,
    ...anomalyQuery,
    category: z.string().max(128).optional(),
    stage: z.enum(STAGES).optional(),
    pattern: z.string().max(64).optional().describe('A pattern id.'),
  }),
  replies: { 200: { description: 'A page of rows.', json: verdictPageSchema } },
  examples: [
    { name: 'anomalies', summary: 'Anomalies only', query: { anomaly: 'true', limit: '20' }, status: 200 },
    { name: 'stage', summary: 'What a rule settled', query: { stage: 'rule' }, status: 200 },
  ],
});

export const getPatterns = defineRoute({
  ...read,
  ...ofJob,
  id: 'getPatterns',
  path: '/v1/jobs/{id}/patterns',
  summary: 'What the job comes down to: pattern, count, verdict, first example',
  query: z.strictObject({
    ...pageQuery,
    ...anomalyQuery,
    order: z.enum(['count', 'score']).default('count').describe('Commonest first, or most anomalous first.'),
  }),
  replies: { 200: { description: 'A page of patterns, of the commonest 10,000.', json: patternPageSchema } },
  examples: [{ name: 'worst', summary: 'Most anomalous first', query: { order: 'score' }, status: 200 }],
});

export const getResults = defineRoute({
  ...read,
  ...ofJob,
  id: 'getResults',
  path: '/v1/jobs/{id}/results',
  summary: 'A link to the results file',
  replies: { 200: { description: 'The link.', json: resultsLinkSchema } },
  problems: { 409: 'There is no results file yet.' },
  examples: [{ name: 'link', summary: 'Of a job that has ended', status: 200 }],
});

export const replayJob = defineRoute({
  ...ofJob,
  id: 'replayJob',
  method: 'POST',
  path: '/v1/jobs/{id}/replay',
  handledBy: 'api',
  scope: 'admin',
  tag: 'Jobs',
  summary: 'Judges again what failed',
  replies: { 202: { description: 'The job, running again.', json: jobSchema } },
  problems: { 409: 'Nothing failed.' },
});
