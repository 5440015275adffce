import { LIMITS } from '../../lib/domain/limits.ts';
import { classifyRoute } from '../../lib/http/classify-route.ts';
import { clock, log, openPorts } from '../ports.ts';
import { type RouteHandler, withApi } from '../with-api.ts';
import { processCascade } from './cascade.ts';

const classify: RouteHandler = async (request) => {
  const dueAt = clock.now().getTime() + LIMITS.classifyDeadlineMs;
  const cascade = await processCascade();
  return classifyRoute(cascade, request, {
    anomalyThreshold: openPorts().config.ANOMALY_THRESHOLD,
    remainingMs: () => dueAt - clock.now().getTime(),
  });
};

export const handler = withApi(
  'classify-http',
  { 'POST /classify': classify, 'POST /v1/classify': classify },
  { log, clock },
);
