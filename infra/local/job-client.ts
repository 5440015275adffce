import * as z from 'zod';
import { SHOWN_JOB_STATES } from '../../lib/domain/job.ts';
import type { Anomaly } from './job-screen.ts';

const counts = z.record(z.string(), z.number());
const jobSchema = z
  .object({
    jobId: z.string(),
    name: z.string(),
    kind: z.string(),
    state: z.enum(SHOWN_JOB_STATES),
    createdAt: z.string(),
    endedAt: z.string().optional(),
    counts: z.object({ found: z.number(), accepted: z.number(), rejected: z.number(), failed: z.number() }),
    progress: z.number().optional(),
    anomalies: z.number(),
    degraded: z.number(),
    byCategory: counts,
    byStage: counts,
    error: z.object({ message: z.string() }).optional(),
  })
  .transform(({ jobId, counts: { found, ...judged }, error, ...rest }) => ({
    ...rest,
    ...judged,
    id: jobId,
    found,
    error: error?.message,
  }));
/** A job as the API shows it. `progress` (0-1) is known when its source has been read to the end. */
export type JobView = z.infer<typeof jobSchema>;

const jobsSchema = z.object({ jobs: z.array(jobSchema), cursor: z.string().optional() });
const patternsSchema = z.object({
  patterns: z.array(
    z
      .object({
        pattern: z.string(),
        count: z.number(),
        verdict: z.object({ category: z.string(), reason: z.string(), anomaly: z.object({ score: z.number() }) }),
      })
      .transform(({ pattern, count, verdict }): Anomaly => {
        const { category, reason, anomaly } = verdict;
        return { pattern, lines: count, category, reason, score: anomaly.score };
      }),
  ),
});
const resultsSchema = z.object({ url: z.url() });

/** Names looked through for an earlier job: a laptop has few. */
const maxJobsRead = 1_000;

export type JobClient = ReturnType<typeof openJobClient>;

/** Asks the laptop's own API, with its key, as any user does. Throws on an answer that is no 200. */
export function openJobClient(url: string, apiKey: string) {
  async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const response = await fetch(`${url}${path}`, { headers: { 'x-api-key': apiKey } });
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}`);
    return schema.parse(await response.json());
  }
  return {
    job: (id: string) => get(`/v1/jobs/${id}`, jobSchema),
    /** The newest upload of that name that was begun at `since` (ISO 8601) or later. */
    async newest(name: string, since: string): Promise<JobView | undefined> {
      let cursor: string | undefined;
      for (let read = 0; read < maxJobsRead; ) {
        const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = await get(`/v1/jobs?limit=100${query}`, jobsSchema);
        const found = page.jobs.find((job) => job.name === name && job.kind === 'upload' && job.createdAt >= since);
        if (found !== undefined) return get(`/v1/jobs/${found.id}`, jobSchema);
        const oldest = page.jobs.at(-1);
        if (page.cursor === undefined || oldest === undefined || oldest.createdAt < since) return undefined;
        cursor = page.cursor;
        read += page.jobs.length;
      }
      return undefined;
    },
    anomalies: async (id: string, limit: number) =>
      (await get(`/v1/jobs/${id}/patterns?anomaly=true&order=score&limit=${limit}`, patternsSchema)).patterns,
    resultsLink: async (id: string) => (await get(`/v1/jobs/${id}/results`, resultsSchema)).url,
  };
}
