import {
  buckets,
  deadLetters,
  type FunctionTopology,
  functions,
  lostDeliveries,
  queueRetentionDays,
  queues,
  routes,
  tables,
} from '../../infra/topology.ts';

/** What a system consists of, a line each, sorted: the topology's, the template's and the laptop's can be laid beside each other. */
export type Parts = readonly string[];

export const DAY_SECONDS = 86_400;
/** SQS's own, where nothing is said. */
export const HIDDEN_SECONDS = 30;

export const say = {
  queue: (name: string, hidden: number, days: number, redrive?: { tries: number; dead: string }) =>
    `queue ${name}: hidden ${hidden} s, kept ${days} days${redrive ? `, after ${redrive.tries} tries to ${redrive.dead}` : ''}`,
  table: (name: string, indexes: readonly string[]) =>
    `table ${name}: indexes ${[...indexes].sort().join(' ') || 'none'}`,
  index: (name: string, keys: readonly (string | undefined)[]) => `${name}(${keys.join(', ')})`,
  bucket: (name: string, tells: string | undefined) => `bucket ${name}: tells ${tells ?? 'nobody'}`,
  tells: (prefix: string, queue: string) => `${queue} of ${prefix}`,
  function: (name: string, seconds: number, mb: number) => `function ${name}: ${seconds} s, ${mb} MB`,
  hears: (name: string, heard: { queue: string; batch: number; windowSeconds: number; concurrency: number }) =>
    `${name} hears ${heard.queue}: ${heard.batch} within ${heard.windowSeconds} s, ${heard.concurrency} at once`,
  schedule: (name: string, minutes: number) => `${name}: every ${minutes} minutes`,
  route: (name: string, handledBy: string, isOpen: boolean) => `${name} → ${handledBy}${isOpen ? ', open' : ''}`,
};

export function topologyParts(): Parts {
  return [
    ...Object.entries(queues).flatMap(([name, { visibilitySeconds, maxReceives }]) => [
      say.queue(name, visibilitySeconds, queueRetentionDays, { tries: maxReceives, dead: `${name}-dead` }),
      say.queue(`${name}-dead`, deadLetters.visibilitySeconds, deadLetters.retentionDays),
    ]),
    say.queue(lostDeliveries.queue, HIDDEN_SECONDS, lostDeliveries.retentionDays),
    ...Object.entries(tables).map(([name, { indexes }]) =>
      say.table(
        name,
        Object.entries(indexes).map(([index, { partition, sort }]) => say.index(index, [partition, sort])),
      ),
    ),
    ...Object.entries(buckets).map(([name, { notifies }]) =>
      say.bucket(name, notifies && say.tells(notifies.prefix, notifies.queue)),
    ),
    ...Object.entries(functions).flatMap(([name, topology]: [string, FunctionTopology]) => [
      say.function(name, topology.timeoutSeconds, topology.memoryMb),
      ...(topology.hears ?? []).map((heard) => say.hears(name, heard)),
      ...(topology.everyMinutes === undefined ? [] : [say.schedule(name, topology.everyMinutes)]),
    ]),
    ...routes.map(({ method, path, handledBy, scope }) =>
      say.route(`${method} ${path}`, handledBy, scope === undefined),
    ),
  ].sort();
}
