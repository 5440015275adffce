import { toLabelSet } from '../../lib/domain/label-set.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { classifyEntries } from '../../lib/http/classify-route.ts';
import * as routes from '../../lib/http/routes/classify.ts';
import { termsOfRequest } from '../../lib/jobs/tenant-terms.ts';
import { chargeLines } from '../charge-lines.ts';
import { clock, log, openPorts } from '../ports.ts';
import { answer, withApi } from '../with-api.ts';
import { analyze } from './analyze.ts';
import { processCascade } from './cascade.ts';
import { classifyCsv } from './csv.ts';
import { openDeadline } from './deadline.ts';
import { modelHealth } from './model-health.ts';
import { listModels } from './models.ts';
import { plot } from './plot.ts';
import { ruleAnswers } from './rules.ts';

/** In the labels of the request, else of the tenant, else the service's own. */
const classify = answer(routes.classify, async (request) => {
  const { body, caller } = request;
  const options = openDeadline();
  const labels = toLabelSet(body);
  await chargeLines(request, 'classify', body.log_entries.length, body);
  const cascade = await processCascade();
  const terms = await termsOfRequest(openPorts().termsOf, caller.tenant, labels);
  return jsonReply(200, await classifyEntries(await cascade.inTerms(terms), caller.tenant, body, options));
});

/** Callers of the program that this replaces know its nine labels, whatever their tenant has set since. */
const classifyReplaced = answer(routes.classifyReplaced, async (request) => {
  const { body, caller } = request;
  const options = openDeadline();
  await chargeLines(request, 'classify', body.log_entries.length, body);
  return jsonReply(200, await classifyEntries(await processCascade(), caller.tenant, body, options));
});

export const handler = withApi(
  'classify-http',
  [classify, classifyReplaced, classifyCsv, plot, analyze, modelHealth, listModels, ...ruleAnswers],
  { log, clock },
);
