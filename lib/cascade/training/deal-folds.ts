import { createHash } from 'node:crypto';

export const FOLDS = 5;

export interface Grouped {
  readonly patternId: string;
  readonly label: string;
  /** Template group. */
  readonly group: number;
}

/**
 * Deals template groups to folds so that a group lies in one fold whole and each label is spread over all of them as
 * evenly as its groups allow: label by label, the rarest first, groups in the order of a hash. The same samples get the
 * same folds in every run. Returns each sample's fold.
 */
export function dealFolds(samples: readonly Grouped[], folds = FOLDS): readonly number[] {
  const foldOf = new Map<number, number>();
  for (const groups of groupsByLabel(samples)) {
    const load: number[] = new Array(folds).fill(0);
    for (const group of groups) bump(load, foldOf.get(group));
    for (const group of groups) {
      if (foldOf.has(group)) continue;
      const lightest = load.indexOf(Math.min(...load));
      foldOf.set(group, lightest);
      bump(load, lightest);
    }
  }
  return samples.map(({ group }) => foldOf.get(group) ?? 0);
}

function bump(load: number[], fold: number | undefined): void {
  if (fold !== undefined) load[fold] = (load[fold] ?? 0) + 1;
}

/** The groups of each label, labels with few first. */
function groupsByLabel(samples: readonly Grouped[]): readonly (readonly number[])[] {
  const order = new Map<number, string>();
  const byLabel = new Map<string, Set<number>>();
  for (const { patternId, label, group } of samples) {
    const hash = createHash('sha256').update(patternId).digest('hex');
    const known = order.get(group);
    if (known === undefined || hash < known) order.set(group, hash);
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(group));
  }
  const rank = (group: number) => order.get(group) ?? '';
  return [...byLabel]
    .sort(([nameA, a], [nameB, b]) => a.size - b.size || (nameA < nameB ? -1 : 1))
    .map(([, groups]) => [...groups].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)));
}
