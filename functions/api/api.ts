import { clock, log } from '../ports.ts';
import { withApi } from '../with-api.ts';
import { completeUpload, createBatch, createUpload } from './doors.ts';
import { health } from './health.ts';
import { getLabels, putLabels } from './labels.ts';
import { jobAnswers } from './questions.ts';

export const handler = withApi(
  'api',
  [createBatch, createUpload, completeUpload, ...jobAnswers, getLabels, putLabels, health],
  { log, clock },
);
