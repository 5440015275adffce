import { toLabelSet } from '../../lib/domain/label-set.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { classifyEntries } from '../../lib/http/classify-route.ts';
import * as routes from '../../lib/http/routes/classify.ts';
import { termsOfRequest } from '../../lib/jobs/tenant-terms.ts';
import { clock, log, openPorts } from '../ports.ts';
import { answer, withApi } from '../with-api.ts';
import { processCascade } from './cascade.ts';

/** When an answer is due, from now. */
function openDeadline() {
  const dueAt = clock.now().getTime() + LIMITS.classifyDeadlineMs;
  return {
    anomalyThreshold: openPorts().config.ANOMALY_THRESHOLD,
    remainingMs: () => dueAt - clock.now().getTime(),
  };
}

/** In the labels of the request, else of the tenant, else the service's own. */
const classify = answer(routes.classify, async ({ body, caller }) => {
  const options = openDeadline();
  const cascade = await processCascade();
  const terms = await termsOfRequest(openPorts().termsOf, caller.tenant, toLabelSet(body));
  return jsonReply(200, await classifyEntries(await cascade.inTerms(terms), caller.tenant, body, options));
});

/** Callers of the program that this replaces know its nine labels, whatever their tenant has set since. */
const classifyReplaced = answer(routes.classifyReplaced, async ({ body, caller }) => {
  const options = openDeadline();
  return jsonReply(200, await classifyEntries(await processCascade(), caller.tenant, body, options));
});

export const handler = withApi('classify-http', [classify, classifyReplaced], { log, clock });
