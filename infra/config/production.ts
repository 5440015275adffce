import type { StageSettings } from '../cdk/settings.ts';

/** A stage to start from; replace what is made up. `npx cdk deploy -c stage=production`. */
export const settings: StageSettings = {
  stackName: 'logsieve',
  tags: { service: 'logsieve', stage: 'production' },
  terminationProtection: true,
  rollout: 'canary',
  encryptionKey: 'create',
  retention: { logDays: 90 },
  concurrency: { queues: { 'chunks-bulk': 8 } },
  // logGroups: [{ name: '/aws/ecs/shop', tenant: 'shop' }],
  // alarms: { email: 'on-call@example.com', dailyUsd: 50 },
  // budget: { monthlyUsd: 500, email: 'finance@example.com' },
  // llm: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:groq-AbCdEf' },
  // domain: { name: 'logs.example.com', certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/…' },
};
