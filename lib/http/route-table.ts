import type { Route } from './route.ts';
import { classify, classifyReplaced } from './routes/classify.ts';
import { classifyCsv } from './routes/classify-csv.ts';
import { analyze, detectorRoot, modelHealth } from './routes/detector.ts';
import { asset, docs, openapi, redoc, root } from './routes/docs.ts';
import { completeUpload, createBatch, createUpload } from './routes/doors.ts';
import { getJob, getPatterns, getResults, getVerdicts, listJobs, replayJob } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { getLabels, putLabels } from './routes/labels.ts';
import { getMetrics, getUsage, listModels } from './routes/measures.ts';
import { plot } from './routes/plot.ts';
import { ruleRoutes } from './routes/rules.ts';
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
  ...ruleRoutes,
  ...keyRoutes,
  getUsage,
  listModels,
  classifyReplaced,
  classifyCsv,
  plot,
  analyze,
  modelHealth,
  detectorRoot,
  health,
  getMetrics,
  root,
  openapi,
  docs,
  redoc,
  asset,
];
