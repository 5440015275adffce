import { openCascade } from '../../lib/cascade/open-cascade.ts';

/**
 * Loads once what the functions will load, rules and labels too, so that a file that is missing, damaged or of another
 * kind is told before anything starts, and not by every line that fails. Throws `Fault` and `InvalidInput` that name it.
 */
export async function checkModels(modelsFolder: string, entailmentFolder: string | undefined): Promise<void> {
  const clock = { now: () => new Date() };
  const cascade = await openCascade({ modelsFolder, entailmentFolder, threads: 1, clock });
  await cascade.close();
}
