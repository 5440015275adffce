import { clock, log } from '../ports.ts';
import { withApi } from '../with-api.ts';
import { docsAnswers } from './docs.ts';
import { completeUpload, createBatch, createUpload } from './doors.ts';
import { health } from './health.ts';
import { keyAnswers } from './keys.ts';
import { getLabels, putLabels } from './labels.ts';
import { measureAnswers } from './measures.ts';
import { jobAnswers } from './questions.ts';

export const handler = withApi(
  'api',
  [
    createBatch,
    createUpload,
    completeUpload,
    ...jobAnswers,
    getLabels,
    putLabels,
    ...keyAnswers,
    ...measureAnswers,
    health,
    ...docsAnswers,
  ],
  { log, clock },
);
