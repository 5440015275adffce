import { readStageFiles, type StageFiles } from '../../lib/cascade/read-stages.ts';
import { checkTenantRules, tryRules } from '../../lib/cascade/tenant-rules.ts';
import type { LogRecord } from '../../lib/domain/record.ts';
import type { Terms } from '../../lib/domain/terms.ts';
import { type ApiReply, jsonReply } from '../../lib/http/api-request.ts';
import { ifMatchOf } from '../../lib/http/if-match.ts';
import * as routes from '../../lib/http/routes/rules.ts';
import { changeSettings, readSettings, type StandingSettings } from '../../lib/jobs/tenant-settings.ts';
import { deploymentFault, openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';

let files: Promise<StageFiles> | undefined;

/** The service's labels and rules; the process reads them once. */
function serviceFiles(): Promise<StageFiles> {
  files ??= readStageFiles(openPorts().config.MODELS_FOLDER).catch((error: unknown) => {
    files = undefined;
    throw deploymentFault(error);
  });
  return files;
}

/** The labels a tenant's rules may name. */
async function labelsOf({ labels }: Terms): Promise<ReadonlySet<string>> {
  const asked = labels?.labels ?? (await serviceFiles()).settings.labels;
  return new Set(asked.map(({ name }) => name));
}

const getRules = answer(routes.getRules, async ({ caller }) =>
  rulesReply(await readSettings(openPorts(), caller.tenant)),
);

const putRules = answer(routes.putRules, async (request) => {
  const { rules } = request.body;
  const { tenant } = request.caller;
  const { terms } = await readSettings(openPorts(), tenant);
  checkTenantRules(rules, await labelsOf(terms));
  return rulesReply(await changeSettings(openPorts(), tenant, { rules }, ifMatchOf(request)));
});

const testRules = answer(routes.testRules, async ({ body, caller }) => {
  const { terms } = await readSettings(openPorts(), caller.tenant);
  const labels = await labelsOf(terms);
  const rules = body.rules ?? (terms.rules ?? []).filter(({ label }) => labels.has(label));
  checkTenantRules(rules, labels);
  const records = body.log_entries.map(
    (entry): LogRecord =>
      typeof entry === 'string' ? { source: '', message: entry } : { source: entry.source, message: entry.log_message },
  );
  const results = tryRules(rules, labels, records);
  return jsonReply(200, { results, matched: results.filter(({ ruleId }) => ruleId !== undefined).length });
});

export const ruleAnswers = [getRules, putRules, testRules];

async function rulesReply({ terms, version, changedAt }: StandingSettings): Promise<ApiReply> {
  const { rules } = await serviceFiles();
  const serviceRules = rules.map(({ id, label, pattern }) => ({ id, label, pattern }));
  return jsonReply(200, { rules: terms.rules ?? [], serviceRules, changedAt }, { etag: `"${version}"` });
}
