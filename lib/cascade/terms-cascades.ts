import type { Terms } from '../domain/terms.ts';
import { maskRecord } from '../masking/mask-record.ts';
import { contentHash } from './cascade-version.ts';
import type { Label, Settings } from './settings.ts';
import type { Cascade } from './types.ts';

/** Label sets whose embeddings and verdicts a process keeps; each is a few hundred vectors and a bounded memory. */
const KEPT = 8;

/** Cascades by their terms, least recently used first to go. One that could not be made is not kept. */
export function cascadesByTerms(
  own: Cascade,
  settings: Settings,
  make: (terms: Terms) => Promise<Cascade>,
): (terms: Terms) => Promise<Cascade> {
  const kept = new Map<string, Promise<Cascade>>();
  return async (asked) => {
    const terms = withoutOwn(asked, settings);
    if (Object.values(terms).every((term) => term === undefined)) return own;
    const key = contentHash(terms);
    const made = kept.get(key) ?? make(terms);
    kept.delete(key);
    kept.set(key, made);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    try {
      return await made;
    } catch (error) {
      if (kept.get(key) === made) kept.delete(key);
      throw error;
    }
  };
}

/** The terms less what asks for the service's own: its labels by their names alone, its share of anomalies. */
function withoutOwn({ labels, anomalyBaseRate, rules }: Terms, settings: Settings): Terms {
  return {
    rules: rules?.length ? rules : undefined,
    labels: labels !== undefined && namesOwn(labels, settings) ? undefined : labels,
    anomalyBaseRate: anomalyBaseRate === settings.anomalyBaseRate ? undefined : anomalyBaseRate,
  };
}

function namesOwn({ labels, hypothesisTemplate }: NonNullable<Terms['labels']>, settings: Settings): boolean {
  if (hypothesisTemplate !== undefined || labels.length !== settings.labels.length) return false;
  const names = new Set(settings.labels.map(({ name }) => name));
  return labels.every(
    ({ name, description, examples }) => names.has(name) && description === undefined && examples.length === 0,
  );
}

/** The service's settings with what the terms ask for instead. */
export function settingsInTerms(settings: Settings, { labels, anomalyBaseRate }: Terms): Settings {
  const based = anomalyBaseRate === undefined ? settings : { ...settings, anomalyBaseRate };
  if (labels === undefined) return based;
  const { temperature, threshold, hypothesis } = settings.zeroShot.asked;
  return {
    ...based,
    labels: labels.labels.map(
      ({ name, description, examples }): Label => ({
        name,
        description: description ?? name,
        usualSeverity: 'info',
        // Lines are read masked, so what they are compared with is too.
        examples: examples.map((message) => maskRecord({ source: '', message }).canonical),
      }),
    ),
    thresholds: { ...settings.thresholds, similarity: threshold },
    zeroShot: { ...settings.zeroShot, temperature, hypothesis: labels.hypothesisTemplate ?? hypothesis },
  };
}
