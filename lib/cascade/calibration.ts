import * as z from 'zod';
import { contentHash } from './cascade-version.ts';
import type { Rule } from './rules.ts';
import type { Settings } from './settings.ts';

const probability = z.number().min(0).max(1);

/**
 * models/calibration.json: how often the stages that nobody trains were right on labelled lines, so that their
 * confidences are probabilities of being right as the head's are. Written by `npm run train:head`, not by hand.
 */
export const calibrationSchema = z.strictObject({
  /** `id@version` of the embedding model it was measured with. */
  measuredOn: z.string(),
  rules: z.record(
    z.string(),
    z.strictObject({
      /** Hash of label and pattern: a rule that was changed since is not the one that was counted. */
      rule: z.string(),
      /** Templates that the rule matched, and those of them that have its label. */
      of: z.int().nonnegative(),
      right: z.int().nonnegative(),
      confidence: probability,
    }),
  ),
  similarity: z.strictObject({
    /** Hash of the label descriptions and the background they were compared with. */
    descriptions: z.string(),
    temperature: z.number().positive(),
    threshold: probability,
  }),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/**
 * The rules and settings with their measured confidences. What was changed since the measurement (a rule, a description,
 * the model) keeps the number in its own file, and so does a threshold that the owner has set.
 */
export function calibrate(
  { rules, settings }: { rules: readonly Rule[]; settings: Settings },
  calibration: Calibration | undefined,
  model: string,
): { rules: readonly Rule[]; settings: Settings } {
  if (calibration === undefined) return { rules, settings };
  return {
    rules: rules.map((rule) => {
      const counted = Object.hasOwn(calibration.rules, rule.id) ? calibration.rules[rule.id] : undefined;
      return counted?.rule === ruleHash(rule) ? { ...rule, confidence: counted.confidence } : rule;
    }),
    settings: withSimilarity(settings, calibration, model),
  };
}

function withSimilarity(settings: Settings, { similarity, measuredOn }: Calibration, model: string): Settings {
  if (measuredOn !== model || similarity.descriptions !== descriptionsHash(settings)) return settings;
  const { thresholds, zeroShot } = settings;
  return {
    ...settings,
    thresholds: { ...thresholds, similarity: thresholds.similarity ?? similarity.threshold },
    zeroShot: { ...zeroShot, temperature: similarity.temperature },
  };
}

export function ruleHash({ label, pattern }: Pick<Rule, 'label' | 'pattern'>): string {
  return contentHash([label, pattern]).slice(0, 8);
}

export function descriptionsHash({ labels, zeroShot }: Pick<Settings, 'labels' | 'zeroShot'>): string {
  const described = labels.map(({ name, description, examples }) => [name, description, examples]);
  return contentHash([described, zeroShot.background]).slice(0, 8);
}
