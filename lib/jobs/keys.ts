import type { Format, Job } from '../domain/job.ts';

/** Where an announced upload is put: under `incoming/`, so that the bucket tells of it like of any other object (lib/ingest/object-event.ts reads the id back). */
export function uploadKey({ tenant, id }: Pick<Job, 'tenant' | 'id'>): string {
  return `incoming/${tenant}/_links/${id}/source`;
}

export function batchKey({ tenant, id }: Pick<Job, 'tenant' | 'id'>): string {
  return `${tenant}/batches/${id}.ndjson`;
}

/** Where a job's things lie in the data bucket. The replay is part of the key: a renderer of an earlier one cannot write over what stands. */
export function resultsKey(job: Job): string {
  return `${job.tenant}/jobs/${job.id}/${job.replays ?? 0}/results.${resultsExtension(job.layout?.format)}`;
}

export function patternsKey(job: Job, segment?: number): string {
  const name = segment === undefined ? 'patterns' : `patterns-${segment}`;
  return `${job.tenant}/jobs/${job.id}/${job.replays ?? 0}/${name}.json.z`;
}

/** The name a downloaded results file gets: `app.csv.gz` becomes `app-classified.csv`. */
export function resultsFileName(job: Job): string {
  const stem = (job.name.split('/').at(-1) ?? '')
    .replace(/\.gz$/i, '')
    .replace(/\.(csv|ndjson|jsonl|json|log|txt)$/i, '');
  return `${stem || job.id}-classified.${resultsExtension(job.layout?.format)}`;
}

export function resultsContentType(format: Format | undefined): string {
  return format === 'ndjson' ? 'application/x-ndjson' : 'text/csv; charset=utf-8';
}

/** Results keep the source's format; a plain log becomes a CSV. */
function resultsExtension(format: Format | undefined): 'csv' | 'ndjson' {
  return format === 'ndjson' ? 'ndjson' : 'csv';
}
