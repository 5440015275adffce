import { describe, expect, it } from 'vitest';
import { isOnTrial } from '../../../lib/jobs/trial.ts';

const jobs = Array.from({ length: 4_000 }, (_, index) => `job-${index}`);

describe('isOnTrial', () => {
  it('takes about its share of jobs, each always alike', () => {
    const taken = jobs.filter((job) => isOnTrial(job, 0.1));

    expect(taken.length).toBeGreaterThan(320);
    expect(taken.length).toBeLessThan(480);
    expect(taken.every((job) => isOnTrial(job, 0.1))).toBe(true);
  });

  it('keeps the jobs it had when the share grows', () => {
    const before = jobs.filter((job) => isOnTrial(job, 0.05));

    expect(before.every((job) => isOnTrial(job, 0.5))).toBe(true);
  });
});
