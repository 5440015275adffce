import type { StageSettings } from '../cdk/settings.ts';

/** For trying it out, and for little traffic: what costs money while nothing happens is left out, and it fits a new account's quota. */
export const settings: StageSettings = {
  stackName: 'logsieve-minimal',
  alarms: { level: 'few', dashboard: false, dailyUsd: 1 },
  retention: { logDays: 7 },
  concurrency: { account: 10, queues: { 'chunks-bulk': 2 } },
};
