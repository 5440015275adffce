import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ApiReply, jsonReply } from '../../lib/http/api-request.ts';
import { ASSETS } from '../../lib/http/assets.ts';
import { DOCS_POLICY, docsPage } from '../../lib/http/docs-page.ts';
import { openApiDocument } from '../../lib/http/openapi/document.ts';
import { routeTable } from '../../lib/http/route-table.ts';
import { detectorRoot } from '../../lib/http/routes/detector.ts';
import * as routes from '../../lib/http/routes/docs.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

/** Of the API, not of the program: it changes with what is in the OpenAPI file. */
const API_VERSION = '1.0.0';
const ASSET_SECONDS = 3_600;

let document: unknown;

/** The OpenAPI file, the pages that show it, and what they load. Open to all: they tell nothing of anyone. */
export const docsAnswers = [
  answer(routes.root, () =>
    jsonReply(200, {
      service: 'logsieve',
      version: API_VERSION,
      docs: '/docs',
      openapi: '/openapi.json',
      health: '/health',
    }),
  ),
  answer(detectorRoot, () =>
    jsonReply(200, {
      message: 'Log anomaly detection',
      analyze: '/api/v1/analyze',
      health: '/api/v1/health',
      docs: '/docs',
    }),
  ),
  answer(routes.openapi, () => {
    document ??= openApiDocument(routeTable, API_VERSION);
    return jsonReply(200, document);
  }),
  answer(routes.docs, (request) => pageReply(docsPage('docs', request))),
  answer(routes.redoc, (request) => pageReply(docsPage('redoc', request))),
  answer(routes.asset, async ({ params: { file }, headers }) => {
    const zipped = await readFile(join(openPorts().config.ASSETS_FOLDER, `${file}.gz`));
    const takesGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    return {
      statusCode: 200,
      headers: {
        'content-type': ASSETS[file],
        'cache-control': `public, max-age=${ASSET_SECONDS}`,
        vary: 'accept-encoding',
        ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
      },
      isBase64Encoded: true,
      body: (takesGzip ? zipped : gunzipSync(zipped)).toString('base64'),
    };
  }),
];

function pageReply(body: string): ApiReply {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': DOCS_POLICY };
  return { statusCode: 200, headers, body };
}
