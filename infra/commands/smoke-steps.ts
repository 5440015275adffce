import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';

export interface SmokeStep {
  readonly name: string;
  /** Throws with what was expected and what came. */
  readonly run: () => Promise<void>;
}

const LINE = 'Multiple failed password attempts for root from 10.0.0.7';
const RECORDS = 3;
const POLL_MS = 1_000;
/** A first batch waits for the models to be loaded. */
const PATIENCE_MS = 120_000;

const verdictsSchema = z.object({ results: z.array(z.object({ category: z.string().min(1) })).length(1) });
const jobSchema = z.object({
  jobId: z.string(),
  state: z.string(),
  counts: z.object({ accepted: z.number() }).optional(),
});
const resultsSchema = z.object({ url: z.url() });

/** The steps in their order: open, closed, a line now, a batch to its results file. Three records of the tenant are left behind. */
export function smokeSteps(url: string, key: string, pollMs = POLL_MS): readonly SmokeStep[] {
  const headers = { 'x-api-key': key };
  let jobId = '';
  const ask = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { headers, ...init });
  const send = (path: string, type: string, body: string) =>
    ask(path, { method: 'POST', headers: { ...headers, 'content-type': type }, body });

  return [
    { name: 'health is open', run: async () => expectStatus(await fetch(`${url}/health`), 200) },
    {
      name: 'no key, no answer',
      run: async () => {
        expectStatus(await fetch(`${url}/v1/jobs`), 401);
        expectStatus(await ask('/v1/jobs', { headers: { 'x-api-key': 'not-a-key-of-anyone' } }), 403);
      },
    },
    {
      name: 'a line is judged at once',
      run: async () => {
        const answer = await send('/v1/classify', 'application/json', JSON.stringify({ log_entries: [LINE] }));
        await read(answer, 200, verdictsSchema);
      },
    },
    {
      name: 'a batch is taken',
      run: async () => {
        const body = Array.from({ length: RECORDS }, (_, index) => JSON.stringify({ message: `${LINE}${index}` }));
        const job = await read(await send('/v1/batches', 'application/x-ndjson', body.join('\n')), 202, jobSchema);
        jobId = job.jobId;
      },
    },
    {
      name: 'its job completes',
      run: async () => {
        for (let waited = 0; waited < PATIENCE_MS; waited += pollMs) {
          const { state, counts } = await read(await ask(`/v1/jobs/${jobId}`), 200, jobSchema);
          if (state === 'completed' && counts?.accepted === RECORDS) return;
          if (state !== 'running' && state !== 'throttled')
            throw new Error(`the job ended as ${state} with ${counts?.accepted} of ${RECORDS} records`);
          await wait(pollMs);
        }
        throw new Error(`the job was not done after ${PATIENCE_MS / 1_000} s; see infra/RUNBOOK.md, chunks-small-late`);
      },
    },
    {
      name: 'its results can be fetched',
      run: async () => {
        const link = await read(await ask(`/v1/jobs/${jobId}/results`), 200, resultsSchema);
        const file = await fetch(link.url);
        expectStatus(file, 200);
        const rows = (await file.text()).trim().split('\n').length;
        if (rows !== RECORDS) throw new Error(`the results file has ${rows} rows in place of ${RECORDS}`);
      },
    },
  ];
}

function expectStatus(answer: Response, status: number): void {
  if (answer.status !== status) throw new Error(`${answer.url} answered ${answer.status} in place of ${status}`);
}

async function read<Schema extends z.ZodType>(
  answer: Response,
  status: number,
  schema: Schema,
): Promise<z.infer<Schema>> {
  expectStatus(answer, status);
  const parsed = schema.safeParse(await answer.json());
  if (!parsed.success) throw new Error(`${answer.url}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
