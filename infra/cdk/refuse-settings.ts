import { type FunctionTopology, functions } from '../topology.ts';
import { accountOf, logGroupsVariable } from './environment.ts';
import { modelFaults } from './model-faults.ts';
import { SettingsRefused } from './read-settings.ts';
import type { Settings } from './settings.ts';

/** API Gateway names the groups of its own logs so. */
const GATEWAY_LOGS = 'API-Gateway-Execution-Logs_';

/** Refuses, before anything is made, what each setting alone does not show. `ownPrefix` begins the names of our own log groups. */
export function refuseSettings(settings: Settings, ownPrefix: string, repository: string): void {
  const faults = [
    ...logGroupFaults(settings, ownPrefix),
    ...concurrencyFaults(settings),
    ...networkFaults(settings),
    ...modelFaults(settings, repository),
  ];
  if (faults.length > 0) throw new SettingsRefused(faults);
}

/** A function's environment holds 4 KB, and the other names in it take a part. */
const MAX_LISTS_BYTES = 2_400;

/** Stands for the stack's account where the settings name none; as long, and nobody's. */
const OWN_ACCOUNT = '000000000000';

/** A subscription to our own groups would feed our logs back to us, without an end; one that lies behind a wider one would never be asked. */
function logGroupFaults({ logGroups, quotas, account = OWN_ACCOUNT }: Settings, ownPrefix: string): readonly string[] {
  const named = logGroups.map((group) => ('name' in group ? group.name : group.prefix));
  const bytes = Buffer.byteLength(logGroupsVariable(logGroups, account) + JSON.stringify(quotas ?? {}));
  const tooLong = `logGroups, quotas: ${bytes} bytes, and a function's environment takes ${MAX_LISTS_BYTES}; use prefixes`;
  const each = logGroups.flatMap((group, index) => {
    const name = named[index] ?? '';
    const key = `logGroups.${index}.${'name' in group ? 'name' : 'prefix'}`;
    const ours = [ownPrefix, GATEWAY_LOGS].find(
      (own) => name.startsWith(own) || ('prefix' in group && own.startsWith(name)),
    );
    if (ours !== undefined) return [`${key}: "${name}" takes in our own log groups "${ours}*"; choose a longer name`];
    const earlier = logGroups.slice(0, index);
    const same = earlier.findIndex((other) => 'name' in group && 'name' in other && other.name === name);
    if (same >= 0) return [`${key}: "${name}" is logGroups.${same} already; a group has one tenant`];
    const wider = earlier.findIndex(
      (other) =>
        'prefix' in other && name.startsWith(other.prefix) && accountOf(other, account) === accountOf(group, account),
    );
    if (wider >= 0 && logGroups[wider]?.tenant !== group.tenant)
      return [`${key}: "${name}" lies under logGroups.${wider}, which is another tenant's; put the longer one first`];
    return [];
  });
  return bytes > MAX_LISTS_BYTES ? [...each, tooLong] : each;
}

export interface QueueConsumers {
  readonly queue: string;
  /** The owner's cap, else the topology's; also of a queue without one, which seldom has more and may. */
  readonly usual: number;
  readonly capped: boolean;
}

/** What hears each queue when the stack runs. */
export function queueConsumers({ concurrency: { queues } }: Settings): readonly QueueConsumers[] {
  const all: readonly FunctionTopology[] = Object.values(functions);
  return all.flatMap(({ hears = [] }) =>
    hears.map(({ queue, concurrency }) => {
      const cap = queues[queue] ?? concurrency;
      return cap === 'uncapped' ? { queue, usual: concurrency, capped: false } : { queue, usual: cap, capped: true };
    }),
  );
}

export function allConsumers(settings: Settings): number {
  return queueConsumers(settings).reduce((sum, { usual }) => sum + usual, 0);
}

function concurrencyFaults(settings: Settings): readonly string[] {
  const { account, reserve } = settings.concurrency;
  const wanted = allConsumers(settings) + reserve;
  if (account === undefined || wanted <= account) return [];
  return [
    `concurrency.account: the queues' caps and the reserve come to ${wanted}, the account runs ${account} at once; ` +
      'lower concurrency.queues (chunks-bulk first) or ask for a higher quota',
  ];
}

function networkFaults({ account, region, domain, vpc, errors, firewall }: Settings): readonly string[] {
  return [
    ...((account === undefined) === (region === undefined)
      ? []
      : ['account: give account and region together, or neither']),
    ...(region !== undefined && domain !== undefined && domain.certificateArn.split(':')[3] !== region
      ? [`domain.certificateArn: the certificate is of another region than ${region}`]
      : []),
    ...(vpc?.privateApi !== undefined && domain !== undefined
      ? ['domain: a private API is reached by its endpoints’ names; leave the domain out']
      : []),
    ...(vpc?.privateApi !== undefined && firewall !== undefined
      ? ['firewall: a private API sees the endpoints’ addresses only; a rate by address would be one rate for all']
      : []),
    ...(errors?.otlpHeadersSecretArn !== undefined && errors.otlpEndpoint === undefined
      ? ['errors.otlpHeadersSecretArn: there is no otlpEndpoint to send headers to']
      : []),
  ];
}
