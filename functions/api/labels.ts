import { toLabelSet } from '../../lib/domain/label-set.ts';
import { type ApiReply, jsonReply } from '../../lib/http/api-request.ts';
import { ifMatchOf } from '../../lib/http/if-match.ts';
import * as routes from '../../lib/http/routes/labels.ts';
import { changeSettings, readSettings, type StandingSettings } from '../../lib/jobs/tenant-settings.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

/** `GET /v1/labels`: what the tenant has set, with its version as ETag. */
export const getLabels = answer(routes.getLabels, async ({ caller }) =>
  settingsReply(await readSettings(openPorts(), caller.tenant)),
);

/** `PUT /v1/labels`: sets it anew, all of it; what is left out is the service's own again. With `If-Match` only over what was read. */
export const putLabels = answer(routes.putLabels, async (request) => {
  const { body } = request;
  const terms = { labels: toLabelSet(body), anomalyBaseRate: body.anomaly_base_rate };
  return settingsReply(await changeSettings(openPorts(), request.caller.tenant, terms, ifMatchOf(request)));
});

function settingsReply({ terms, version, changedAt }: StandingSettings): ApiReply {
  const body = {
    /** Empty: the service's own. */
    labels: terms.labels?.labels ?? [],
    hypothesis_template: terms.labels?.hypothesisTemplate,
    anomaly_base_rate: terms.anomalyBaseRate,
    changedAt,
  };
  return jsonReply(200, body, { etag: `"${version}"` });
}
