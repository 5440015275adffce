import type { StageSettings } from '../cdk/settings.ts';

/** For trying it out, and for little traffic: what costs money while nothing happens is left out, and it fits a new account's quota. */
export const settings: StageSettings = {
  stackName: 'logsieve-minimal',
  alarms: { level: 'few', dashboard: false },
  retention: { logDays: 7 },
  // A cap costs $0.16 a month and queue. Without one a flood of files may for a while take all ten from the API; the two
  // queues by which lines wait for a model keep theirs. `uploads: 2, finished: 2` caps all.
  concurrency: { account: 10, queues: { 'chunks-bulk': 2, uploads: 'uncapped', finished: 'uncapped' } },
};
