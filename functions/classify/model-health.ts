import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { jsonReply } from '../../lib/http/api-request.ts';
import { modelHealth as route } from '../../lib/http/routes/detector.ts';
import type { modelHealthSchema } from '../../lib/http/schemas/analyze.ts';
import { errorToFields } from '../../lib/log.ts';
import { log, openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';
import { processCascade } from './cascade.ts';

/** A cold process loads its models in less; whoever asks need not wait for longer. */
const PATIENCE_MS = 5_000;

const LOADING = 'The model is being loaded. Ask again in a few seconds.';
const MISSING =
  'The model could not be loaded: files are missing or not what models/manifest.json says of them. Restore models/starter as it is in the repository, or build the image anew, and start again.';

type Health = z.infer<typeof modelHealthSchema>;

/** Loads the model where nobody has yet, and says how far it came. Tells no place outside the models' folder. */
export const modelHealth = answer(route, async () => {
  const state = await Promise.race([loadModel(), sleep(PATIENCE_MS, 'loading' as const, { ref: false })]);
  const health: Health = {
    status: state,
    model_loaded: state === 'healthy',
    model_path: `${basename(openPorts().config.MODELS_FOLDER)}/starter/model.onnx`,
  };
  if (state === 'healthy') return jsonReply(200, health);
  return jsonReply(503, { ...health, detail: state === 'loading' ? LOADING : MISSING }, { 'retry-after': '5' });
});

async function loadModel(): Promise<'healthy' | 'unhealthy'> {
  try {
    await processCascade();
    return 'healthy';
  } catch (error) {
    log('error', 'model-not-loaded', errorToFields(error));
    return 'unhealthy';
  }
}
