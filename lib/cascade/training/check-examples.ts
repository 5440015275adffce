import { InvalidInput } from '../../domain/errors.ts';
import { UNCLASSIFIED } from '../../domain/verdict.ts';
import type { LabelledPattern } from './labelled-pattern.ts';

/** A label with fewer templates than this is learned, but its figures mean little: the report says so. */
export const FEW_GROUPS = 10;
/** Characters of a line that a refusal quotes. */
const MOST_SHOWN = 200;

/**
 * Refuses what no head can be trained or tested on, in one sentence. `known` are the names of the labels; `groups` the
 * template group of each pattern. Throws `InvalidInput('examples')`.
 */
export function checkExamples(
  patterns: readonly LabelledPattern[],
  groups: readonly number[],
  known: ReadonlySet<string>,
): void {
  if (patterns.length === 0) throw refusal('there are no labelled lines');
  const blank = patterns.find(({ label }) => label === '');
  if (blank !== undefined) throw refusal(`${blank.file} has lines without a label`);
  const unlisted = patterns.find(({ label }) => label !== UNCLASSIFIED && !known.has(label));
  if (unlisted !== undefined)
    throw refusal(
      `${unlisted.file} has the label ${unlisted.label}, which is not among the labels (${[...known].join(', ')}; ${UNCLASSIFIED} for lines of none)`,
    );
  refuseTwofold(patterns);
  const counts = groupsOfLabels(patterns, groups);
  if (counts.size === 1)
    throw refusal(`all lines have the label ${patterns[0]?.label}; a head tells at least two apart`);
  const single = [...counts].filter(([, count]) => count === 1).map(([label]) => label);
  if (single.length > 0)
    throw refusal(
      `all lines of ${single.join(' and of ')} come down to one template; to learn a label and to test what was learned takes two at least, better thirty: add lines that are worded differently, or leave the label out`,
    );
}

/** One text under two labels teaches neither. */
function refuseTwofold(patterns: readonly LabelledPattern[]): void {
  const labels = new Map<string, string>();
  for (const { canonical, label, file } of patterns) {
    const other = labels.get(canonical) ?? label;
    if (other !== label)
      throw refusal(
        `${file}: "${canonical.slice(0, MOST_SHOWN)}" (as it reads masked) is an example of both ${other} and ${label}`,
      );
    labels.set(canonical, label);
  }
}

/** How many template groups each label has. */
export function groupsOfLabels(
  patterns: readonly Pick<LabelledPattern, 'label'>[],
  groups: readonly number[],
): ReadonlyMap<string, number> {
  const byLabel = new Map<string, Set<number>>();
  patterns.forEach(({ label }, at) => {
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(groups[at] ?? -1));
  });
  return new Map([...byLabel].map(([label, own]) => [label, own.size]));
}

function refusal(sentence: string): InvalidInput {
  return new InvalidInput('examples', sentence);
}
