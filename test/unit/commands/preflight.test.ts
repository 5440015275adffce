import { describe, expect, it } from 'vitest';
import { readSettings, readStage } from '../../../infra/cdk/read-settings.ts';
import { preflightReport } from '../../../infra/commands/preflight-report.ts';

describe('preflightReport', () => {
  it('says that the defaults are too many for a new account, and what to do', () => {
    const { fits, lines } = preflightReport(readSettings({}), { concurrentExecutions: 10, unreserved: 10 });

    expect(fits).toBe(false);
    expect(lines.join('\n')).toMatch(/does not fit: 2 too many\. Lower concurrency\.queues \(chunks-bulk first\)/);
  });

  it('finds that the stage minimal fits a new account', async () => {
    const minimal = await readStage({ stage: 'minimal', logsieve: undefined });

    const { fits, lines } = preflightReport(minimal, { concurrentExecutions: 10, unreserved: 10 });

    expect(fits).toBe(true);
    expect(lines.join('\n')).toMatch(/uploads and finished are uncapped/);
  });

  it('counts what is left, by what other functions have not reserved', () => {
    const settings = readSettings({ concurrency: { queues: { 'chunks-bulk': 40 } } });

    expect(preflightReport(settings, { concurrentExecutions: 1_000, unreserved: 1_000 }).fits).toBe(true);
    expect(preflightReport(settings, { concurrentExecutions: 1_000, unreserved: 40 }).fits).toBe(false);
  });
});
