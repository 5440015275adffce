import * as z from 'zod';
import { InvalidInput } from './errors.ts';
import { LIMITS } from './limits.ts';
import { UNCLASSIFIED } from './verdict.ts';

/** Control characters and line ends of Unicode: a label is one line in a prompt, a report and a results file. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** An example is a log line and may be of several lines. */
const CONTROL_BUT_SPACE = /(?![\t\r\n])\p{Cc}/u;

const text = (most: number, control = CONTROL) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed(), 'holds half a character (a lone surrogate)')
    .refine((value) => !control.test(value), 'holds control characters');

/** What a language model answers for none of the labels, and what no stage being sure is called. */
const RESERVED = new Set([UNCLASSIFIED.toLowerCase(), 'none of these']);

const nameSchema = text(LIMITS.labelChars)
  .trim()
  .min(1, 'is empty')
  .transform((name) => name.normalize('NFC'))
  .refine((name) => !RESERVED.has(name.toLowerCase()), 'is a name that verdicts without a label have')
  // Counts by category are objects with the labels as keys.
  .refine((name) => !(name in {}), 'is a name that every object has already');

const labelSchema = z.union([
  nameSchema.transform((name): AskedLabel => ({ name, examples: [] })),
  z
    .strictObject({
      name: nameSchema,
      description: text(LIMITS.labelTextChars).trim().min(3, 'is too short to describe').optional(),
      examples: z
        .array(text(LIMITS.labelTextChars, CONTROL_BUT_SPACE).trim().min(1, 'is empty'))
        .max(LIMITS.labelExamples)
        .default([]),
    })
    .transform(({ name, description, examples }): AskedLabel => ({ name, description, examples })),
]);

/** The labels of a request: 2 to 100, each a name or a name with what it means and lines of its kind. */
export const labelsSchema = z
  .array(labelSchema)
  .min(2, 'send at least two labels')
  .max(LIMITS.labels, `at most ${LIMITS.labels} labels`)
  .superRefine((labels, context) => {
    const seen = new Map<string, number>();
    for (const [index, { name }] of labels.entries()) {
      const first = seen.get(foldName(name));
      if (first === undefined) seen.set(foldName(name), index);
      else context.addIssue({ code: 'custom', path: [index], message: `has the name of label ${first}` });
    }
  })
  .superRefine((labels, context) => {
    const owners = new Map<string, number>();
    labels.forEach(({ examples }, index) => {
      examples.forEach((example, at) => {
        const owner = owners.get(foldSpace(example)) ?? index;
        owners.set(foldSpace(example), owner);
        if (owner === index) return;
        const message = `is an example of both ${labels[owner]?.name} and ${labels[index]?.name}`;
        context.addIssue({ code: 'custom', path: [index, 'examples', at], message });
      });
    });
  })
  .refine(
    (labels) => labels.reduce((sum, { examples }) => sum + examples.length, 0) <= LIMITS.labelSetExamples,
    `at most ${LIMITS.labelSetExamples} examples in all`,
  )
  .refine(
    (labels) => JSON.stringify(labels).length <= LIMITS.labelSetChars,
    `at most ${LIMITS.labelSetChars} characters in all`,
  );

/** A hypothesis with `{}` where the label goes, once. */
export const hypothesisTemplateSchema = text(LIMITS.hypothesisTemplateChars)
  .trim()
  .refine((template) => template.split('{}').length === 2, 'must hold {} once, where the label goes');

/** What a door takes beside the lines. */
export const askedLabelsShape = {
  labels: labelsSchema.optional(),
  hypothesis_template: hypothesisTemplateSchema.optional(),
};

/** A label of a caller's. */
export interface AskedLabel {
  readonly name: string;
  /** What the name means; where there is none the name is read. */
  readonly description?: string;
  /** Log lines of this label. */
  readonly examples: readonly string[];
}

/** Labels and how they are asked for. Labels lie in the order of their names, so that the order they were sent in says nothing. */
export interface LabelSet {
  readonly labels: readonly AskedLabel[];
  /** Absent: the service's own. */
  readonly hypothesisTemplate?: string;
}

/** A label set as it was stored. */
export const labelSetSchema = z.strictObject({
  labels: z.array(
    z.strictObject({ name: z.string(), description: z.string().optional(), examples: z.array(z.string()) }),
  ),
  hypothesisTemplate: z.string().optional(),
}) satisfies z.ZodType<LabelSet>;

/** The label set of a request's fields; undefined where it sends none. Throws `InvalidInput` for a template without labels. */
export function toLabelSet(asked: {
  labels?: readonly AskedLabel[];
  hypothesis_template?: string;
}): LabelSet | undefined {
  const { labels, hypothesis_template: hypothesisTemplate } = asked;
  if (labels !== undefined) return { labels: labels.toSorted(byName), hypothesisTemplate };
  if (hypothesisTemplate === undefined) return undefined;
  const issues = [{ path: 'hypothesis_template', message: 'is for labels of your own: send labels too' }];
  throw new InvalidInput('invalid-body', `hypothesis_template ${issues[0]?.message}`, { issues });
}

function byName(one: AskedLabel, other: AskedLabel): number {
  return one.name < other.name ? -1 : 1;
}

function foldSpace(example: string): string {
  return example.replace(/\s+/gu, ' ');
}

/** Two names that people would take for one. */
function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ');
}
