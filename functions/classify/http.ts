import { LIMITS } from '../../lib/domain/limits.ts';
import type { ApiRequest } from '../../lib/http/api-request.ts';
import { type ClassifyOptions, classifyRoute } from '../../lib/http/classify-route.ts';
import { termsOfRequest } from '../../lib/jobs/tenant-terms.ts';
import { clock, log, openPorts } from '../ports.ts';
import { type RouteHandler, withApi } from '../with-api.ts';
import { processCascade } from './cascade.ts';

async function classify(request: ApiRequest, termsOf: ClassifyOptions['termsOf']) {
  const dueAt = clock.now().getTime() + LIMITS.classifyDeadlineMs;
  const cascade = await processCascade();
  return classifyRoute(cascade, request, {
    anomalyThreshold: openPorts().config.ANOMALY_THRESHOLD,
    remainingMs: () => dueAt - clock.now().getTime(),
    termsOf,
  });
}

/** In the labels of the request, else of the tenant, else the service's own. */
const inOwnersLabels: RouteHandler = (request) =>
  classify(request, (asked) => termsOfRequest(openPorts().termsOf, request.caller.tenant, asked));

/** Callers of the program that this replaces know its nine labels, whatever their tenant has set since. */
const inServiceLabels: RouteHandler = (request) => classify(request, undefined);

export const handler = withApi(
  'classify-http',
  { 'POST /classify': inServiceLabels, 'POST /v1/classify': inOwnersLabels },
  { log, clock },
);
