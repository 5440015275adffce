import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { Question } from './quantise-gate.ts';

const rowsSchema = z.array(z.looseObject({ log_message: z.string().min(1), target_label: z.string().min(1) }));
/** 200 lines of four labels each: 800 pairs, so that 500 are left when many are ties. */
const LINES = 200;
const LABELS_A_LINE = 4;

/**
 * Lines that we wrote for training, spread over the whole file, each asked whether it is of its own category, of two
 * others, and anomalous: decisions of both kinds, as the cascade asks them.
 */
export async function readQuestions(models: string, template: string): Promise<readonly Question[]> {
  const path = join(models, 'training', 'lines', 'category-lines.csv');
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InvalidInput('quantise-lines', `${path} cannot be read`, { cause });
  });
  const rows = rowsSchema.parse(parse(content, { columns: true, relax_column_count: true }));
  const labels = [...new Set(rows.map(({ target_label }) => target_label))];
  const step = Math.max(1, Math.floor(rows.length / LINES));
  return rows
    .filter((_, index) => index % step === 0)
    .slice(0, LINES)
    .map(({ log_message, target_label }, index) => {
      const at = labels.indexOf(target_label);
      const others = Array.from(
        { length: LABELS_A_LINE - 2 },
        (_, other) => labels[(at + 1 + index + other) % labels.length] ?? target_label,
      );
      const asked = [target_label, ...others, 'anomaly'];
      return { text: log_message, hypotheses: asked.map((label) => template.replaceAll('{}', () => label)) };
    });
}
