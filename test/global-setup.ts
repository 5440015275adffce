import { buildFunctions } from '../infra/commands/build.ts';

/** The flow tests run what deploys: the bundles, built once before the first of them. */
export async function setup(): Promise<void> {
  await buildFunctions();
}
