import type { Route } from './route.ts';
import { classify, classifyReplaced } from './routes/classify.ts';
import { completeUpload, createBatch, createUpload } from './routes/doors.ts';
import { getJob, getPatterns, getResults, getVerdicts, listJobs, replayJob } from './routes/jobs.ts';
import { getLabels, putLabels } from './routes/labels.ts';
import { health } from './routes/service.ts';

/** Every route there is, in the order that the documentation shows them. */
export const routeTable: readonly Route[] = [
  classify,
  createBatch,
  createUpload,
  completeUpload,
  listJobs,
  getJob,
  getVerdicts,
  getPatterns,
  getResults,
  replayJob,
  getLabels,
  putLabels,
  classifyReplaced,
  health,
];
