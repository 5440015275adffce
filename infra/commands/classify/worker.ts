import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import type { Layout } from '../../../lib/domain/job.ts';
import { decisionToVerdict } from '../../../lib/domain/verdict.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';
import { judgeRows, maskRow } from '../../../lib/jobs/judge-rows.ts';
import type { JudgedRow } from '../../../lib/jobs/page.ts';
import { rowRenderer } from '../../../lib/jobs/render-rows.ts';
import { openLanguageModel } from '../../../lib/llm/groq-language-model.ts';
import type { Block } from './blocks.ts';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly layout: Layout;
  readonly threshold: number;
  readonly json: boolean;
  readonly modelsFolder: string;
  readonly llm?: { readonly apiKey: string; readonly baseUrl?: string; readonly model: string };
}

const TENANT = 'local';

async function serve(settings: WorkerSettings): Promise<void> {
  const { layout, threshold, json, modelsFolder, llm } = settings;
  const cascade = await openCascade({
    modelsFolder,
    threads: 1,
    languageModel: llm && openLanguageModel(llm),
    clock: { now: () => new Date() },
  });
  const judge = async (block: Block) => {
    const sources: SourceRow[] = [];
    for await (const rows of readRows(layout, only(block.bytes), block)) sources.push(...rows);
    const judged = await judgeRows(cascade, TENANT, sources.map(maskRow));
    const renderer = rowRenderer(layout, threshold);
    let text = '';
    for (const [index, source] of sources.entries()) {
      const rendered = renderer.render(source, judged[index]);
      text += json ? toJson(source, judged[index], threshold) : rendered;
    }
    const bytes = new TextEncoder().encode(text);
    parentPort?.postMessage({ bytes, tally: renderer.tally(), patterns: renderer.patterns() }, [bytes.buffer]);
  };
  // One after the other: the main thread takes the answers in the order of its blocks.
  let last = Promise.resolve();
  parentPort?.on('message', (block: Block) => {
    last = last.then(() => judge(block));
  });
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function toJson(source: SourceRow, judged: JudgedRow | undefined, threshold: number): string {
  const place = { row: source.row, line: source.line };
  if (judged === undefined || 'rejection' in judged) {
    return `${JSON.stringify({ ...place, rejected: judged?.rejection })}\n`;
  }
  const { judgement } = judged;
  const verdict = decisionToVerdict(judgement.decision, judgement, threshold);
  const record = 'record' in source ? source.record : undefined;
  const asked = { source: record?.source, log_message: record?.message };
  return `${JSON.stringify({ ...place, ...asked, target_label: verdict.category, ...verdict })}\n`;
}

if (!isMainThread) await serve(workerData);
