import { join } from 'node:path';
import { judgeRecords } from './judge-records.ts';
import { openCascade } from './open-cascade.ts';
import type { Cascade } from './types.ts';

/** The answer of the notebook this replaces, key for key. */
export interface InferenceAnswer {
  readonly log_message: string;
  readonly label: 'anomaly' | 'normal';
  /** Probability that the label is right. */
  readonly confidence: number;
  readonly is_anomaly: boolean;
  readonly threshold: number;
}

let shared: Promise<Cascade> | undefined;

/** Whether one message is an anomaly, at a threshold of the content score (0.5 where none is given). Opens the repository's own models at the first call and keeps them. */
export async function inference(message: string, options: { threshold?: number } = {}): Promise<InferenceAnswer> {
  shared ??= openCascade({
    modelsFolder: join(import.meta.dirname, '../../models'),
    threads: 1,
    clock: { now: () => new Date() },
  }).catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return inferenceAnswer(await shared, message, options.threshold ?? 0.5);
}

/** The same on a cascade that is open already. */
export async function inferenceAnswer(cascade: Cascade, message: string, threshold: number): Promise<InferenceAnswer> {
  const [verdict] = await judgeRecords(cascade, 'local', [{ source: '', message }], { threshold });
  if (verdict === undefined) throw new RangeError('the cascade gave no verdict');
  const { score, isAnomaly } = verdict.anomaly;
  return {
    log_message: message,
    label: isAnomaly ? 'anomaly' : 'normal',
    confidence: isAnomaly ? score : 1 - score,
    is_anomaly: isAnomaly,
    threshold,
  };
}
