import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { defineRoute } from '../route.ts';

export const getLabels = defineRoute({
  id: 'getLabels',
  method: 'GET',
  path: '/v1/labels',
  handledBy: 'api',
  scope: 'read',
  tag: 'Settings',
  summary: 'The labels that verdicts come from',
  replies: { 200: { description: 'The labels.', json: z.looseObject({}) } },
});

export const putLabels = defineRoute({
  id: 'putLabels',
  method: 'PUT',
  path: '/v1/labels',
  handledBy: 'api',
  scope: 'admin',
  tag: 'Settings',
  summary: 'Sets the labels that verdicts come from',
  body: {
    limits: { wireBytes: LIMITS.requestBytes, inflatedBytes: LIMITS.requestBytes, instead: 'Send fewer labels.' },
    media: { 'application/json': { schema: z.looseObject({}) } },
  },
  replies: { 200: { description: 'The labels as they now are.', json: z.looseObject({}) } },
});
