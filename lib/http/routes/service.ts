import * as z from 'zod';
import { defineRoute } from '../route.ts';

export const health = defineRoute({
  id: 'health',
  method: 'GET',
  path: '/health',
  handledBy: 'api',
  tag: 'Service',
  replaced: true,
  summary: 'Whether the service answers',
  replies: { 200: { description: 'It does.', json: z.object({ status: z.literal('ok') }) } },
  examples: [{ name: 'health', summary: 'Open to all', status: 200 }],
});
