import { contentHash } from '../cascade/cascade-version.ts';
import type { Cascade, OwnersCascade } from '../cascade/types.ts';
import { Fault } from '../domain/errors.ts';
import type { Job, Pins } from '../domain/job.ts';
import type { LabelSet } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Terms } from '../domain/terms.ts';
import type { Clock, LabelSetStore, RuleSetStore, TenantSettingsStore } from '../ports.ts';

/** The terms a tenant has set. */
export type TermsOf = (tenant: string) => Promise<Terms>;

/** Tenants a process remembers; the map is begun anew when it is full. */
const REMEMBERED = 1_000;

/** Reads tenants' terms and remembers them for `LIMITS.tenantSettingsSeconds`: so long after a change a process may still go by the old ones. */
export function rememberTerms(settings: Pick<TenantSettingsStore, 'get'>, clock: Clock): TermsOf {
  let known = new Map<string, { readonly until: number; readonly terms: Terms }>();
  return async (tenant) => {
    const nowMs = clock.now().getTime();
    const remembered = known.get(tenant);
    if (remembered !== undefined && nowMs < remembered.until) return remembered.terms;
    const terms = (await settings.get(tenant))?.terms ?? {};
    if (known.size >= REMEMBERED) known = new Map();
    known.set(tenant, { until: nowMs + LIMITS.tenantSettingsSeconds * 1_000, terms });
    return terms;
  };
}

/** What a request is judged by: the labels it sends, else its tenant's. */
export async function termsOfRequest(termsOf: TermsOf, tenant: string, asked: LabelSet | undefined): Promise<Terms> {
  const own = await termsOf(tenant);
  return asked === undefined ? own : { ...own, labels: asked };
}

/** 16 hex digits of a set's content. The labels lie in the order of their names, so those of a request have one hash in whatever order. */
export function labelSetHash(labels: LabelSet): string {
  return contentHash(labels).slice(0, 16);
}

export interface PinPorts {
  readonly termsOf: TermsOf;
  readonly labelSets: LabelSetStore;
  readonly ruleSets: RuleSetStore;
}

/** What a new job is judged by, to be pinned in it: every chunk and replay then goes by the same. */
export async function pinTerms(
  { termsOf, labelSets, ruleSets }: PinPorts,
  tenant: string,
  asked?: LabelSet,
): Promise<Pick<Pins, 'labelSet' | 'ruleSet' | 'anomalyBaseRate'>> {
  const { labels, rules = [], anomalyBaseRate } = await termsOfRequest(termsOf, tenant, asked);
  const labelSet = labels === undefined ? undefined : labelSetHash(labels);
  const ruleSet = rules.length === 0 ? undefined : contentHash(rules).slice(0, 16);
  if (labels !== undefined && labelSet !== undefined) await labelSets.keep(tenant, labelSet, labels);
  if (ruleSet !== undefined) await ruleSets.keep(tenant, ruleSet, rules);
  return { labelSet, ruleSet, anomalyBaseRate };
}

/** Keeps what a job is pinned to as long as if it began today: one that waits for its quota may wait longer than it was kept. */
export async function keepTerms(
  { labelSets, ruleSets }: Omit<PinPorts, 'termsOf'>,
  { tenant, pins: { labelSet, ruleSet } }: Pick<Job, 'tenant' | 'pins'>,
): Promise<void> {
  const labels = labelSet === undefined ? undefined : await labelSets.get(tenant, labelSet);
  const rules = ruleSet === undefined ? undefined : await ruleSets.get(tenant, ruleSet);
  if (labelSet !== undefined && labels !== undefined) await labelSets.keep(tenant, labelSet, labels);
  if (ruleSet !== undefined && rules !== undefined) await ruleSets.keep(tenant, ruleSet, rules);
}

/** The cascade on the terms that a job is pinned to. Throws `Fault` (`labels-missing`, `rules-missing`) where they are gone. */
export async function cascadeOfJob(
  ports: Pick<PinPorts, 'labelSets' | 'ruleSets'> & { readonly cascade: OwnersCascade },
  { tenant, id, pins: { labelSet, ruleSet, anomalyBaseRate } }: Pick<Job, 'tenant' | 'id' | 'pins'>,
): Promise<Cascade> {
  const labels = labelSet === undefined ? undefined : await ports.labelSets.get(tenant, labelSet);
  const rules = ruleSet === undefined ? undefined : await ports.ruleSets.get(tenant, ruleSet);
  if (labelSet !== undefined && labels === undefined)
    throw new Fault('labels-missing', `the labels ${labelSet} of job ${id} are gone`);
  if (ruleSet !== undefined && rules === undefined)
    throw new Fault('rules-missing', `the rules ${ruleSet} of job ${id} are gone`);
  return ports.cascade.inTerms({ labels, rules, anomalyBaseRate });
}
