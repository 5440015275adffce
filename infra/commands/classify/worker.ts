import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import type { LanguageModelSettings } from '../../../lib/config.ts';
import type { Layout } from '../../../lib/domain/job.ts';
import type { Verdict } from '../../../lib/domain/verdict.ts';
import type { RowOutcome } from '../../../lib/ingest/render-row.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';
import { judgeRows, type MaskedRow, maskRow } from '../../../lib/jobs/judge-rows.ts';
import { rowRenderer } from '../../../lib/jobs/render-rows.ts';
import { openLanguageModel } from '../../../lib/llm/groq-language-model.ts';
import type { Block } from './blocks.ts';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly layout: Layout;
  readonly threshold: number;
  readonly json: boolean;
  readonly modelsFolder: string;
  readonly llm?: LanguageModelSettings;
  readonly entailmentFolder?: string;
  /** Not 0: nobody waits for answers any more. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

const TENANT = 'local';

async function serve(settings: WorkerSettings): Promise<void> {
  const { layout, threshold, json, modelsFolder, llm, entailmentFolder, stop } = settings;
  const cascade = await openCascade({
    modelsFolder,
    threads: 1,
    entailmentFolder,
    languageModel: llm && openLanguageModel(llm),
    clock: { now: () => new Date() },
  });
  const isStopped = () => Atomics.load(stop, 0) !== 0;
  // Looked at between batches of inference.
  const budget = { remainingMs: () => (isStopped() ? 0 : Number.POSITIVE_INFINITY) };
  const judge = async (block: Block) => {
    if (isStopped()) return;
    const sources: SourceRow[] = [];
    const masked: MaskedRow[] = [];
    for await (const rows of readRows(layout, only(block.bytes), block))
      for (const row of rows) {
        sources.push(row);
        masked.push(maskRow(row));
      }
    const judged = await judgeRows(cascade, TENANT, masked, budget);
    const renderer = rowRenderer(layout, threshold, json ? renderVerdictJson : undefined);
    let text = '';
    for (let index = 0; index < sources.length; index++) {
      const source = sources[index];
      if (source !== undefined) text += renderer.render(source, judged[index]);
    }
    const bytes = new TextEncoder().encode(text);
    parentPort?.postMessage({ bytes, tally: renderer.tally(), patterns: renderer.patterns() }, [bytes.buffer]);
  };
  // One after the other: the main thread takes the answers in the order of its blocks.
  let last = Promise.resolve();
  const end = async () => {
    await cascade.close();
    parentPort?.close();
  };
  parentPort?.on('message', (message: Block | 'end') => {
    last = last.then(() => (message === 'end' ? end() : judge(message)));
  });
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A line of `--json`: the place, what was asked, the whole verdict. */
function renderVerdictJson(source: SourceRow, outcome: RowOutcome): string {
  const { row, line } = source;
  if (!('verdict' in outcome)) return `${JSON.stringify({ row, line, rejected: rejectionOf(outcome) })}\n`;
  const { verdict } = outcome;
  const record = 'record' in source ? source.record : undefined;
  const asked = { source: record?.source, log_message: record?.message };
  return `${JSON.stringify({ row, line, ...asked, target_label: verdict.category, ...verdict })}\n`;
}

function rejectionOf(outcome: Exclude<RowOutcome, { verdict: Verdict }>): string {
  return 'rejection' in outcome ? outcome.rejection : outcome.failure;
}

if (!isMainThread) await serve(workerData);
