import type { Clock, EmbeddingModel, EntailmentModel, LanguageModel, Meter } from '../ports.ts';
import type { Cascade } from './types.ts';

interface MeterPorts {
  readonly meter: Meter;
  readonly clock: Clock;
}
type StageName = 'embedding' | 'zero-shot' | 'llm';

async function timed<Result>(
  { meter, clock }: MeterPorts,
  stage: StageName,
  call: () => Promise<Result>,
): Promise<Result> {
  const startedMs = clock.now().getTime();
  try {
    return await call();
  } finally {
    meter.observeMs('stageMs', [stage], clock.now().getTime() - startedMs);
  }
}

/** The model, with the time of each pass told. */
export function meterEmbedding(model: EmbeddingModel, ports: MeterPorts): EmbeddingModel {
  const { id, version, close } = model;
  return { id, version, close: () => close(), embed: (texts) => timed(ports, 'embedding', () => model.embed(texts)) };
}

/** The cross-encoder, with the time of each call told. */
export function meterEntailment(model: EntailmentModel, ports: MeterPorts): EntailmentModel {
  const { id, version } = model;
  return {
    id,
    version,
    close: () => model.close(),
    entail: (...call) => timed(ports, 'zero-shot', () => model.entail(...call)),
  };
}

/** The language model, with each call's time and outcome told. */
export function meterLanguageModel(model: LanguageModel, ports: MeterPorts): LanguageModel {
  const { id, version } = model;
  return {
    id,
    version,
    label: async (...call) => {
      try {
        const answers = await timed(ports, 'llm', () => model.label(...call));
        ports.meter.count('llmCalls', ['answered']);
        return answers;
      } catch (error) {
        ports.meter.count('llmCalls', ['failed']);
        throw error;
      }
    },
  };
}

/** The stages, with the verdicts of each counted. */
export function meterVerdicts(cascade: Cascade, meter: Meter): Cascade {
  return {
    version: cascade.version,
    decide: async (...call) => {
      const decisions = await cascade.decide(...call);
      for (const { stage } of decisions) meter.count('verdicts', [stage]);
      return decisions;
    },
  };
}
