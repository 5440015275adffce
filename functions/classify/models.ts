import { jsonReply } from '../../lib/http/api-request.ts';
import * as routes from '../../lib/http/routes/measures.ts';
import { type KnownModel, knownModels } from '../../lib/inference/known-models.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';
import { processCascade, processQuestions } from './cascade.ts';
import { processLanguageModel } from './language-model.ts';

let known: Promise<readonly KnownModel[]> | undefined;

/** What a process was started with does not change while it lives; a cross-encoder's digest takes a while to read. */
function processModels(): Promise<readonly KnownModel[]> {
  const { MODELS_FOLDER, ENTAILMENT_FOLDER } = openPorts().config;
  known ??= knownModels(MODELS_FOLDER, ENTAILMENT_FOLDER).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

export const listModels = answer(routes.listModels, async () => {
  const [models, { version }, { wordings }] = await Promise.all([
    processModels(),
    processCascade(),
    processQuestions(),
  ]);
  return jsonReply(200, { models: [...models, languageModel()], cascade: { version }, anomalyQuestions: wordings });
});

function languageModel() {
  const model = processLanguageModel();
  return {
    id: model?.id ?? openPorts().config.LLM_MODEL,
    version: model?.version ?? '',
    task: 'language-model',
    state: model === undefined ? 'off' : 'in-use',
  };
}
