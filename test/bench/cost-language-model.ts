import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import type { Measures } from '../../infra/cost/measures.ts';
import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { promptMessages } from '../../lib/llm/prompt.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';

const rowsSchema = z.array(z.looseObject({ source: z.string().default(''), log_message: z.string().default('') }));
const labelsSchema = z.looseObject({
  labels: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  llm: z.looseObject({ textsPerCall: z.int() }),
});

/**
 * How much the language model is asked: of the sample's distinct patterns the share that nothing before it settles, and the
 * characters that a pattern sends and gets back when calls are full. No model is called.
 */
export async function measureLanguageModel(): Promise<Measures['languageModel']> {
  const rows = rowsSchema.parse(
    parse(await readFile('events/sample.csv'), { columns: true, relax_column_count: true }),
  );
  const { labels, llm } = labelsSchema.parse(JSON.parse(await readFile('models/labels.json', 'utf8')));
  const masked = rows.map(({ source, log_message }) => maskRecord({ source, message: log_message }));
  const distinct = [...new Map(masked.map((record) => [record.canonical, record])).values()];
  const cascade = await openCascade({ modelsFolder: 'models', threads: 1, clock: { now: () => new Date() } });
  const decisions = await cascade.decide('cost', distinct);
  await cascade.close();
  const asked = distinct.filter((_, index) => decisions[index]?.degraded === 'llm-off');
  const call = asked
    .slice(0, llm.textsPerCall)
    .map(({ canonical }) => ({ source: 'app', level: undefined, text: canonical }));
  const { system, user } = promptMessages(call, labels);
  const longest = labels.reduce((most, { name }) => Math.max(most, name.length), 0);
  const result = JSON.stringify({ index: 10, label: 'x'.repeat(longest), confidence: 0.95 });
  return {
    askedShare: Number((asked.length / distinct.length).toFixed(3)),
    sentChars: Math.round((system.length + user.length) / Math.max(call.length, 1)),
    receivedChars: result.length + 1,
  };
}
