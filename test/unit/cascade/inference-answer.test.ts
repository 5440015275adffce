import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import { inference } from '../../../lib/cascade/inference-answer.ts';

describe('inference', () => {
  it('opens the models anew after a first call that could not: this test stays the first', async () => {
    const readFile = vi.spyOn(fs, 'readFile').mockRejectedValue(new Error('too many open files'));
    syncBuiltinESMExports();

    const failed = await inference('Disk failure').catch((error: unknown) => error);
    readFile.mockRestore();
    syncBuiltinESMExports();
    const answer = await inference('Disk failure on node 3, data lost');

    expect(failed).toMatchObject({ message: expect.stringContaining('too many open files') });
    expect(answer.is_anomaly).toBe(true);
  });

  it('answers as the notebook it replaces, on the models of the repository', async () => {
    const answer = await inference('Disk failure on node 3, data lost', { threshold: 0.3 });

    expect(answer).toEqual({
      log_message: 'Disk failure on node 3, data lost',
      label: 'anomaly',
      confidence: expect.any(Number),
      is_anomaly: true,
      threshold: 0.3,
    });
  });

  it('reads a score under the threshold as normal, and is sure of that', async () => {
    const answer = await inference('Server started on port 8081');

    expect(answer).toMatchObject({ label: 'normal', is_anomaly: false, threshold: 0.5 });
    expect(answer.confidence).toBeGreaterThan(0.5);
  });
});
