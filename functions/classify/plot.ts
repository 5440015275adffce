import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import { decisionToVerdict } from '../../lib/domain/verdict.ts';
import { chooseMedia } from '../../lib/http/accept.ts';
import type { Asked } from '../../lib/http/asked.ts';
import type { ClassifyBody } from '../../lib/http/classify-route.ts';
import { parseJson } from '../../lib/http/read-body.ts';
import { readFormFile } from '../../lib/http/read-form.ts';
import { plotBodySchema, plot as route } from '../../lib/http/routes/plot.ts';
import { judgeSmallSource, readSmallSource } from '../../lib/jobs/judge-source.ts';
import { drawPlot } from '../../lib/plot/draw-plot.ts';
import type { PlotData } from '../../lib/plot/plot-data.ts';
import { plotJob } from '../../lib/plot/plot-job.ts';
import { plotRecords } from '../../lib/plot/plot-records.ts';
import { renderPng } from '../../lib/plot/render-png.ts';
import { chargeLines } from '../charge-lines.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';
import { processCascade } from './cascade.ts';
import { openDeadline } from './deadline.ts';

type Request = Asked<typeof route>;

export const plot = answer(route, async (request) => {
  const media = chooseMedia(request.headers.accept, ['image/png', 'image/svg+xml']);
  const svg = drawPlot(await readPlot(request), { forPng: media === 'image/png' });
  if (media === 'image/svg+xml') return { statusCode: 200, headers: { 'content-type': media }, body: svg };
  const png = await renderPng(svg, await pngFiles());
  const body = Buffer.from(png).toString('base64');
  return { statusCode: 200, headers: { 'content-type': media }, isBase64Encoded: true, body };
});

async function readPlot(request: Request): Promise<PlotData> {
  const { headers, body, caller } = request;
  const media = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (media === 'text/csv' || media === 'multipart/form-data') return plotCsv(request);
  const asked = parseJson(body, plotBodySchema);
  return 'job_id' in asked ? plotJob(openPorts(), caller.tenant, asked.job_id) : plotEntries(request, asked);
}

async function plotEntries(request: Request, { log_entries, threshold }: ClassifyBody): Promise<PlotData> {
  const { anomalyThreshold, remainingMs } = openDeadline();
  const under = threshold ?? anomalyThreshold;
  requireIngest(request);
  await chargeLines(request, 'classify', log_entries.length, request.body);
  const cascade = await processCascade();
  const verdicts = await judgeRecords(cascade, request.caller.tenant, log_entries, { threshold: under, remainingMs });
  const judged = log_entries.flatMap((record, index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [{ row: index + 1, record, verdict }];
  });
  return plotRecords(judged, { name: 'Records of a request', threshold: under, notRead: 0 });
}

async function plotCsv(request: Request): Promise<PlotData> {
  const { anomalyThreshold: threshold, remainingMs } = openDeadline();
  requireIngest(request);
  const file = await readFormFile(request.headers['content-type'], request.body);
  const wanted = { format: 'csv' } as const;
  const small = await readSmallSource({ ...file, name: 'body.csv' }, wanted);
  if (small === undefined) {
    const detail = `A CSV of more than ${LIMITS.csvRowsNow} rows or ${LIMITS.csvBytesNow} bytes is not plotted at once. Send it as a file by POST /v1/uploads, and plot the job.`;
    throw new InvalidInput('too-large', detail, { status: 413 });
  }
  await chargeLines(request, 'classify', small.rows.length, file.bytes);
  const { rows } = await judgeSmallSource(await processCascade(), request.caller.tenant, small, { remainingMs });
  const judged = rows.flatMap(({ source, judged: row }) => {
    if (!('judgement' in row) || !('record' in source)) return [];
    const verdict = decisionToVerdict(row.judgement.decision, row.judgement, threshold);
    return [{ row: row.row, record: source.record, verdict }];
  });
  return plotRecords(judged, { name: file.name, threshold, notRead: rows.length - judged.length });
}

/** Asking about a job is reading; having lines judged is more. */
function requireIngest({ caller }: Request): void {
  if (caller.scopes.includes('ingest') || caller.scopes.includes('admin')) return;
  throw new InvalidInput('scope', 'This key lacks the scope "ingest".', { status: 403 });
}

let files: Promise<Parameters<typeof renderPng>[1]> | undefined;

function pngFiles(): Promise<Parameters<typeof renderPng>[1]> {
  files ??= readPngFiles().catch((error: unknown) => {
    files = undefined;
    throw error;
  });
  return files;
}

async function readPngFiles(): Promise<Parameters<typeof renderPng>[1]> {
  const read = (name: string) => readFile(join(openPorts().config.ASSETS_FOLDER, name));
  const fonts = Promise.all([read('DejaVuSans.ttf'), read('DejaVuSans-Bold.ttf')]);
  return { renderer: await read('resvg.wasm'), fonts: await fonts };
}
