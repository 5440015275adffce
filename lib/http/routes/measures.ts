import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { PROMETHEUS_MEDIA_TYPE } from '../../metrics/render.ts';
import { defineRoute } from '../route.ts';

const read = { method: 'GET', scope: 'read' } as const;
const count = z.int().min(0);
const useShape = {
  requests: count,
  lines: count,
  llm: z.object({ calls: count, inputTokens: count, outputTokens: count, estimatedUsd: z.number().min(0) }),
};
const day = z.iso.date();

export const getUsage = defineRoute({
  ...read,
  id: 'getUsage',
  path: '/v1/usage',
  handledBy: 'api',
  tag: 'Service',
  summary: 'Requests, lines and what the language model was asked, by day and key',
  description: `Days of UTC, at most ${LIMITS.usageDaysListed} at a time, kept for ${LIMITS.usageDays}. Counts lag by a minute or two, and a process that is ended abruptly loses its last minute; quotas are counted apart from these and lose nothing. \`drops\` and \`logs\` stand for files dropped into the bucket and for subscriptions.`,
  query: z.strictObject({
    from: day.optional().describe('The first day; absent: 30 days before the last.'),
    to: day.optional().describe('The last day; absent: today.'),
  }),
  replies: {
    200: {
      description: 'Days on which something was used, in order.',
      json: z.object({
        days: z.array(z.object({ day, ...useShape, byKey: z.array(z.object({ keyId: z.string(), ...useShape })) })),
        quota: z.object({
          requestsPerMinute: count,
          linesPerDay: count,
          linesTakenToday: count.describe('Of the day’s lines, what processes have taken to use.'),
        }),
      }),
    },
  },
  examples: [{ name: 'month', summary: 'The last 31 days', status: 200 }],
});

export const getMetrics = defineRoute({
  ...read,
  id: 'getMetrics',
  path: '/metrics',
  handledBy: 'api',
  tag: 'Service',
  replaced: true,
  summary: 'The service’s own numbers',
  description:
    'Prometheus text, or JSON where `Accept` prefers it. Summed over all processes, which add theirs each minute; depths of queues are asked for at once. No number is told apart by tenant.',
  headers: { Accept: { description: '`application/json` for JSON.', example: 'application/json' } },
  replies: {
    200: {
      description: 'The numbers.',
      media: {
        [PROMETHEUS_MEDIA_TYPE]: { description: 'Prometheus’ text format 0.0.4.' },
        'application/json': {
          schema: z.object({
            metrics: z.array(
              z.object({
                name: z.string(),
                kind: z.enum(['counter', 'gauge', 'histogram']),
                help: z.string(),
                series: z.array(z.looseObject({ labels: z.record(z.string(), z.string()) })),
              }),
            ),
          }),
        },
      },
    },
  },
  examples: [
    { name: 'text', summary: 'For Prometheus', status: 200 },
    { name: 'json', summary: 'As JSON', headers: { accept: 'application/json' }, status: 200 },
  ],
});

export const listModels = defineRoute({
  ...read,
  id: 'listModels',
  path: '/v1/models',
  handledBy: 'classify-http',
  tag: 'Service',
  summary: 'The models that judge, and those that are known',
  replies: {
    200: {
      description: 'The models, and the wordings of the anomaly question to them.',
      json: z.object({
        models: z.array(
          z.object({
            id: z.string(),
            version: z.string(),
            task: z.string().describe('`embedding`, `entailment` or `language-model`.'),
            state: z
              .enum(['in-use', 'installed', 'known', 'off'])
              .describe(
                'In use: asked by the cascade. Installed: its files are there. Known: it can be pulled. Off: no key.',
              ),
            licence: z.string().optional(),
            source: z.string().optional(),
          }),
        ),
        cascade: z.object({ version: z.string().describe('Changes with anything that can change an answer.') }),
        anomalyQuestions: z
          .array(
            z.object({
              id: z.string(),
              anomaly: z.string(),
              normal: z.string(),
              hypothesis: z.string(),
              note: z.string(),
            }),
          )
          .describe('Wordings that `POST /api/v1/analyze` takes as `question`.'),
      }),
    },
  },
  examples: [{ name: 'models', summary: 'All of them', status: 200 }],
});
