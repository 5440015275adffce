import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { hypothesisTemplateSchema, type LabelSet, labelsSchema, toLabelSet } from '../domain/label-set.ts';
import { decodeWord } from './object-metadata.ts';

/** Labels where there is room for one text only: names between commas, or the JSON array that a request's body takes. */
export const labelsTextSchema = z.string().transform(readLabelsText).pipe(labelsSchema);

const metadataSchema = z.object({
  labels: z.string().transform(decodeWord).pipe(labelsTextSchema).optional(),
  'hypothesis-template': z.string().transform(decodeWord).pipe(hypothesisTemplateSchema).optional(),
});

/** The labels that an owner gives a file by its object's metadata (`x-amz-meta-labels: Billing,Shipping`). Throws `InvalidInput('metadata')`. */
export function metadataToLabels(metadata: Readonly<Record<string, string>>): LabelSet | undefined {
  const lowered = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
  const parsed = metadataSchema.safeParse(lowered);
  if (parsed.success)
    return toLabelSet({ labels: parsed.data.labels, hypothesis_template: parsed.data['hypothesis-template'] });
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: `x-amz-meta-${path.join('.')}`, message }));
  throw new InvalidInput('metadata', `${issues[0]?.path}: ${issues[0]?.message}`, { issues });
}

function readLabelsText(text: string): unknown {
  if (!text.trimStart().startsWith('[')) return text.split(',');
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // No array either: the schema then says what was expected.
    return text;
  }
}
