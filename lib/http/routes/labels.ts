import { LIMITS } from '../../domain/limits.ts';
import { ifMatchHeader } from '../if-match.ts';
import { defineRoute } from '../route.ts';
import { settingsBodySchema, settingsSchema } from '../schemas/labels.ts';

const etag = { ETag: { description: 'The version of the settings, for If-Match.', example: '"8f1d3a90c2b45e67"' } };
const replied = { description: 'The settings as they stand.', json: settingsSchema, headers: etag };

export const getLabels = defineRoute({
  id: 'getLabels',
  method: 'GET',
  path: '/v1/labels',
  handledBy: 'api',
  scope: 'read',
  tag: 'Settings',
  summary: 'The labels, and the share of anomalies, that the tenant has set',
  replies: { 200: replied },
  examples: [{ name: 'labels', summary: 'What is set', status: 200 }],
});

export const putLabels = defineRoute({
  id: 'putLabels',
  method: 'PUT',
  path: '/v1/labels',
  handledBy: 'api',
  scope: 'admin',
  tag: 'Settings',
  summary: 'Sets the tenant’s labels anew',
  description: `All of the settings: what is left out is the service's own again. New requests and jobs go by them within ${LIMITS.tenantSettingsSeconds} s; jobs that have begun keep what they began with.`,
  headers: ifMatchHeader,
  body: {
    limits: {
      wireBytes: LIMITS.requestBytes,
      inflatedBytes: LIMITS.requestBytes,
      instead: 'Send fewer or shorter labels.',
    },
    json: settingsBodySchema,
  },
  replies: { 200: replied },
  problems: { 412: 'The settings were changed since.' },
  examples: [
    {
      name: 'labels',
      summary: 'Two labels, one of them described',
      body: { labels: ['Billing', { name: 'Shipping', description: 'parcels, carriers and deliveries' }] },
      status: 200,
    },
  ],
});
