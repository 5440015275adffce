import { clock, log } from '../ports.ts';
import { withApi } from '../with-api.ts';
import { completeUpload, createBatch, createUpload } from './doors.ts';
import { health } from './health.ts';
import { getLabels, putLabels } from './labels.ts';
import { getJob, getPatterns, getResults, getVerdicts, listJobs } from './questions.ts';
import { replay } from './replay.ts';

export const handler = withApi(
  'api',
  {
    'GET /health': health,
    'POST /v1/batches': createBatch,
    'POST /v1/uploads': createUpload,
    'POST /v1/uploads/{id}/complete': completeUpload,
    'GET /v1/jobs': listJobs,
    'GET /v1/jobs/{id}': getJob,
    'GET /v1/jobs/{id}/verdicts': getVerdicts,
    'GET /v1/jobs/{id}/patterns': getPatterns,
    'GET /v1/jobs/{id}/results': getResults,
    'POST /v1/jobs/{id}/replay': replay,
    'GET /v1/labels': getLabels,
    'PUT /v1/labels': putLabels,
  },
  { log, clock },
);
