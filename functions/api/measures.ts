import { type ApiReply, jsonReply } from '../../lib/http/api-request.ts';
import { prefersJson } from '../../lib/http/prefers-json.ts';
import * as routes from '../../lib/http/routes/measures.ts';
import { askUsage } from '../../lib/metrics/ask-usage.ts';
import { PROMETHEUS_MEDIA_TYPE, readSums, toJsonMetrics, toPrometheus } from '../../lib/metrics/render.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

const getUsage = answer(routes.getUsage, async ({ caller, query }) =>
  jsonReply(200, await askUsage(openPorts(), caller.tenant, openPorts().config.QUOTAS, query)),
);

const getMetrics = answer(routes.getMetrics, async ({ headers }): Promise<ApiReply> => {
  const { metrics, queueDepths } = openPorts();
  const [sums, depths] = await Promise.all([metrics.read(), queueDepths.read()]);
  const gauges = [...depths].map(([queue, depth]) => [`queueDepth|${queue}`, depth] as const);
  const numbers = readSums(new Map([...sums, ...gauges]));
  if (prefersJson(headers.accept)) return jsonReply(200, { metrics: toJsonMetrics(numbers) }, { vary: 'accept' });
  return {
    statusCode: 200,
    headers: { 'content-type': PROMETHEUS_MEDIA_TYPE, vary: 'accept' },
    body: toPrometheus(numbers),
  };
});

export const measureAnswers = [getUsage, getMetrics];
