import { join } from 'node:path';
import * as z from 'zod';
import { isAnomalous, SEVERITIES } from '../../../lib/domain/severity.ts';
import { LINES_FOLDER, pairFiles } from '../../../models/training/lines-folder.ts';
import { readCsv } from '../read-csv.ts';
import type { TextExample } from './bag-of-words.ts';

const pairRow = z.object({ severity: z.enum(SEVERITIES), text: z.string() });
const categoryRow = z.object({ log_message: z.string(), target_label: z.string() });

/** Our own training lines with their truth about anomalies (target 1: from warn upwards), from every table of pairs. */
export async function pairExamples(): Promise<readonly TextExample[]> {
  const files = await pairFiles();
  const rows = await Promise.all(files.map((name) => readCsv(join(LINES_FOLDER, name), pairRow)));
  return rows.flat().map(({ severity, text }) => ({
    text: firstAlternatives(text),
    target: isAnomalous(severity) ? 1 : 0,
  }));
}

/** A line as it reads with the first alternative of each `{a|b}`. */
function firstAlternatives(text: string): string {
  return text.replaceAll(/\{([^{}|]*)\|[^{}]*\}/g, '$1');
}

/** Our own labelled training lines, and the labels in the order of the targets. */
export async function categoryExamples(): Promise<{ labels: readonly string[]; examples: readonly TextExample[] }> {
  const rows = await readCsv(join(LINES_FOLDER, 'category-lines.csv'), categoryRow);
  const labels = [...new Set(rows.map(({ target_label: label }) => label))].sort();
  const examples = rows.map(({ log_message, target_label }) => ({
    text: log_message,
    target: labels.indexOf(target_label),
  }));
  return { labels, examples };
}
