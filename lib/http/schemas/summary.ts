import * as z from 'zod';
import { countsSchema } from './verdict.ts';

/** What the records of a request come to. */
export const summarySchema = z
  .object({
    records: z.int(),
    anomalies: z.int(),
    degraded: z.int(),
    byCategory: countsSchema,
    byStage: countsSchema,
    bySeverity: countsSchema,
  })
  .meta({ id: 'Summary' });
