import * as z from 'zod';
import { assetNames } from '../assets.ts';
import { defineRoute } from '../route.ts';

const page = { method: 'GET', handledBy: 'api', tag: 'Service', replaced: true } as const;
const html = { 'text/html': {} } as const;

export const root = defineRoute({
  id: 'root',
  method: 'GET',
  path: '/',
  handledBy: 'api',
  tag: 'Service',
  replaced: true,
  summary: 'Where to look',
  replies: {
    200: {
      description: 'Addresses, below the base address.',
      json: z.object({
        service: z.string(),
        version: z.string(),
        docs: z.string(),
        openapi: z.string(),
        health: z.string(),
      }),
    },
  },
  examples: [{ name: 'root', summary: 'Open to all', status: 200 }],
});

export const openapi = defineRoute({
  id: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  handledBy: 'api',
  tag: 'Service',
  replaced: true,
  summary: 'This document',
  replies: { 200: { description: 'OpenAPI 3.1.', json: z.looseObject({ openapi: z.string() }) } },
  examples: [{ name: 'document', summary: 'Open to all', status: 200 }],
});

export const docs = defineRoute({
  ...page,
  id: 'docs',
  path: '/docs',
  summary: 'Swagger UI',
  replies: { 200: { description: 'The page; it loads nothing from elsewhere.', media: html } },
  examples: [{ name: 'page', summary: 'Open to all', status: 200 }],
});

export const redoc = defineRoute({
  ...page,
  id: 'redoc',
  path: '/redoc',
  summary: 'ReDoc',
  replies: { 200: { description: 'The page; it loads nothing from elsewhere.', media: html } },
  examples: [{ name: 'page', summary: 'Open to all', status: 200 }],
});

export const asset = defineRoute({
  ...page,
  id: 'asset',
  path: '/assets/{file}',
  summary: 'What the two pages load',
  params: z.object({ file: z.enum(assetNames) }),
  missing: { code: 'no-such-route', detail: 'There is no such file.' },
  replies: {
    200: {
      description: 'The file.',
      media: {
        'text/javascript': {},
        'text/css': {},
        'text/plain': {},
        'image/png': { schema: { type: 'string', format: 'binary' } },
      },
    },
  },
  examples: [{ name: 'style', summary: 'A stylesheet', params: { file: 'page.css' }, status: 200 }],
});
