import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { lineKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { analyzeBodySchema, analyzeReplySchema, modelHealthSchema } from '../schemas/analyze.ts';

const replaced = { tag: 'Replaced programs', replaced: true } as const;

export const analyze = defineRoute({
  ...replaced,
  id: 'analyze',
  method: 'POST',
  path: '/api/v1/analyze',
  handledBy: 'classify-http',
  scope: 'ingest',
  summary: 'Whether a message is an anomaly, as the anomaly detector said it',
  description:
    'One message, a list of messages (`log_messages`), or an array of messages with a threshold each. With `labels` the reply says the category too. The probability is the content score’s; with `question` it is the zero-shot model’s, asked as the detector asked it.',
  headers: lineKeyHeader,
  body: {
    limits: {
      wireBytes: LIMITS.classifyBytes,
      inflatedBytes: LIMITS.classifyBytes,
      instead: 'Send it as POST /v1/batches, or as a file by POST /v1/uploads.',
    },
    json: analyzeBodySchema,
  },
  replies: {
    200: { description: 'An analysis, or one for each message in the order sent.', json: analyzeReplySchema },
  },
  examples: [
    {
      name: 'message',
      summary: 'One message',
      body: { log_message: 'kernel: Out of memory: Killed process 2211 (java)', threshold: 0.5 },
      status: 200,
    },
    {
      name: 'several',
      summary: 'Several messages under one threshold',
      body: { log_messages: ['User 42 logged in', 'disk failure on sdb'], threshold: 0.7 },
      status: 200,
    },
    {
      name: 'array',
      summary: 'An array',
      body: [{ log_message: 'User 42 logged in' }, { log_message: 'disk failure on sdb', threshold: 0.9 }],
      status: 200,
    },
    {
      name: 'labels',
      summary: 'With labels',
      body: { log_message: 'card declined', labels: ['Billing', 'Shipping'] },
      status: 200,
    },
    {
      name: 'question',
      summary: 'The zero-shot model asked, as the detector asked it',
      body: { log_message: 'disk failure on sdb', question: 'replaced-program' },
      status: 200,
    },
  ],
});

export const modelHealth = defineRoute({
  ...replaced,
  id: 'modelHealth',
  method: 'GET',
  path: '/api/v1/health',
  handledBy: 'classify-http',
  summary: 'Whether the model is there',
  replies: {
    200: { description: 'It is loaded.', json: modelHealthSchema },
    503: { description: 'It is loading or missing; `detail` says what to do.', json: modelHealthSchema },
  },
  examples: [{ name: 'health', summary: 'Open to all', status: 200 }],
});

export const detectorRoot = defineRoute({
  ...replaced,
  id: 'detectorRoot',
  method: 'GET',
  path: '/api/v1',
  handledBy: 'api',
  summary: 'What there is below this address',
  replies: {
    200: {
      description: 'Addresses, below the base address.',
      json: z.object({ message: z.string(), analyze: z.string(), health: z.string(), docs: z.string() }),
    },
  },
  examples: [{ name: 'root', summary: 'Open to all', status: 200 }],
});
