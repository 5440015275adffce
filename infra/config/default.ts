import type { StageSettings } from '../cdk/settings.ts';

/** What `npx cdk deploy` takes when no stage is named: every default. What there is to say: infra/cdk/settings.ts. */
export const settings: StageSettings = {};
