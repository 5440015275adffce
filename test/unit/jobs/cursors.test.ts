import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listJobs } from '../../../lib/jobs/ask/job-view.ts';
import { listPatterns } from '../../../lib/jobs/ask/list-patterns.ts';
import { listVerdicts } from '../../../lib/jobs/ask/list-verdicts.ts';
import { submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { createUpload } from '../../../lib/jobs/uploads.ts';
import { drain } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot'];

/** A service with two jobs of each of two tenants; every line of a tenant begins with the tenant's name. */
async function twoTenants() {
  const service = memoryService();
  const jobs = new Map<string, string>();
  for (const tenant of ['acme', 'globex'])
    for (const idempotencyKey of ['one', 'two']) {
      const lines = WORDS.map((word) => JSON.stringify({ message: `${tenant} ${word} ended` }));
      const body = Buffer.from(`${lines.join('\n')}\n`);
      const job = await submitBatch(service, { tenant, body, counted: true, idempotencyKey });
      jobs.set(tenant, job.id);
      service.clock.advance(1_000);
    }
  await drain(service);
  return { service, jobIdOf: (tenant: string) => jobs.get(tenant) ?? '' };
}

const questions = (service: MemoryService, tenant: string, jobId: string) => ({
  verdicts: (cursor?: string) => listVerdicts(service, { tenant, jobId, limit: 2, cursor }),
  patterns: (cursor?: string) => listPatterns(service, { tenant, jobId, limit: 2, order: 'count', cursor }),
  jobs: (cursor?: string) => listJobs(service, tenant, { limit: 1, cursor }),
});
/** What is answered, or the code of the refusal. */
const outcome = (asked: Promise<unknown>) =>
  asked.then(
    (answer) => JSON.stringify(answer),
    (error: { code?: string }) => error.code ?? 'no code',
  );

describe('a cursor', () => {
  it.each(['verdicts', 'patterns', 'jobs'] as const)('of %s shows no other tenant anything', async (kind) => {
    const { service, jobIdOf } = await twoTenants();
    const own = questions(service, 'acme', jobIdOf('acme'))[kind];
    const theirs = questions(service, 'globex', jobIdOf('globex'))[kind];

    const { cursor } = await theirs();
    const answer = await outcome(own(cursor));

    expect(cursor).toMatch(/^[\w-]+$/);
    expect(answer).toBe('cursor');
  });

  it.each(['verdicts', 'patterns', 'jobs'] as const)(
    'of %s that was altered is refused or shows a page of one’s own',
    async (kind) => {
      const { service, jobIdOf } = await twoTenants();
      const own = questions(service, 'acme', jobIdOf('acme'))[kind];
      const { cursor = '' } = await own();

      const altered = [...cursor].map(
        (_, at) => `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
      );
      const answers = await Promise.all(
        [...altered, cursor.slice(1), `${cursor}${cursor}`].map((each) => outcome(own(each))),
      );

      expect(answers.filter((answer) => answer === 'cursor').length).toBeGreaterThan(10);
      for (const answer of answers) expect(answer).not.toMatch(/globex|no code/);
    },
  );

  it('that somebody made up is refused or shows what is theirs', async () => {
    const { service, jobIdOf } = await twoTenants();
    const own = questions(service, 'acme', jobIdOf('acme'));
    const parts = fc.array(
      fc.oneof(fc.string(), fc.integer(), fc.constant(jobIdOf('globex')), fc.constant('globex#jobs')),
    );
    const made = fc.oneof(
      parts.map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')),
      fc.string({ maxLength: 80 }),
    );

    await fc.assert(
      fc.asyncProperty(made, async (cursor) => {
        for (const ask of Object.values(own)) expect(await outcome(ask(cursor))).not.toMatch(/globex|no code/);
      }),
      { numRuns: 100 },
    );
  });

  // A walk through rows counts up from where the cursor says: from -9007199254740991 it held the process until it was killed.
  it.each([0, 1, 2, 3])('of verdicts is refused when its number %i is below nought', async (place) => {
    const { service, jobIdOf } = await twoTenants();
    const { verdicts } = questions(service, 'acme', jobIdOf('acme'));
    const { cursor = '' } = await verdicts();
    const [bound, ...position]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());

    const made = JSON.stringify([bound, ...position.with(place, -1)]);

    expect(await outcome(verdicts(Buffer.from(made).toString('base64url')))).toBe('cursor');
  });

  it('walks through all of what is asked, each once', async () => {
    const { service, jobIdOf } = await twoTenants();
    const { patterns } = questions(service, 'acme', jobIdOf('acme'));

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await patterns(cursor);
      seen.push(...page.patterns.map(({ pattern }) => pattern));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(seen.toSorted()).toEqual(WORDS.map((word) => `acme ${word} ended`));
  });
});

describe('an upload that is asked for again', () => {
  it('is the same job with fresh links, and refused for another file', async () => {
    const service = memoryService();
    const ask = (bytes: number) =>
      createUpload(service, { tenant: 'acme', name: 'a.csv', bytes, idempotencyKey: 'monday' });

    const [first, second] = [await ask(10), await ask(10)];

    expect(second.job).toEqual(first.job);
    expect(second.links).toHaveProperty('url');
    await expect(ask(11)).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
    expect(
      (await createUpload(service, { tenant: 'globex', name: 'b.csv', bytes: 5, idempotencyKey: 'monday' })).job.id,
    ).not.toBe(first.job.id);
  });

  it('leaves no second multipart upload behind', async () => {
    const service = memoryService();
    const bytes = 2 * 1024 * 1024 * 1024;
    const ask = () => createUpload(service, { tenant: 'acme', name: 'a.csv', bytes, idempotencyKey: 'large' });

    const both = await Promise.all([ask(), ask()]);

    expect(both[0].job.upload).toEqual(both[1].job.upload);
  });
});
