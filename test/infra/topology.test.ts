import { describe, expect, it } from 'vitest';
import {
  buckets,
  deadLetters,
  type FunctionTopology,
  functions,
  gateway,
  queueRetentionDays,
  queues,
  routes,
} from '../../infra/topology.ts';

const all: readonly (readonly [string, FunctionTopology])[] = Object.entries(functions);
const mappings = all.flatMap(([name, topology]) =>
  (topology.hears ?? []).map((heard) => ({ name, topology, ...heard })),
);

/** The functions that a message on the queue can set in motion, directly or through what they send. */
function downstream(queue: string, seen = new Set<string>()): ReadonlySet<string> {
  const hearing = mappings.filter((mapping) => mapping.queue === queue).map(({ name }) => name);
  const draining = all.filter(([, { drains }]) => drains).map(([name]) => name);
  for (const [name, topology] of all.filter(([each]) => hearing.includes(each) || draining.includes(each))) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const next of topology.sends) downstream(next, seen);
  }
  return seen;
}

describe('the topology', () => {
  it.each(mappings)('keeps a message of $queue hidden while $name could still be at work on it', (mapping) => {
    const needed = 6 * mapping.topology.timeoutSeconds + mapping.windowSeconds;

    expect(queues[mapping.queue].visibilitySeconds).toBeGreaterThanOrEqual(needed);
  });

  it.each(mappings)('maps $queue to $name within the bounds of SQS', ({ batch, windowSeconds, concurrency }) => {
    expect(concurrency).toBeGreaterThanOrEqual(2);
    expect(batch).toBeLessThanOrEqual(windowSeconds > 0 ? 10_000 : 10);
  });

  it.each(Object.entries(queues))('gives a message of %s five tries, a sender and a hearer', (name, queue) => {
    expect(queue.maxReceives).toBeGreaterThanOrEqual(5);
    expect(mappings.map((mapping) => mapping.queue)).toContain(name);
    const told = Object.values(buckets).some(({ notifies }) => notifies?.queue === name);
    expect(told || all.some(([, { sends }]) => sends.some((sent) => sent === name))).toBe(true);
  });

  it('keeps dead letters longer than messages, and has one function that takes them, again and again', () => {
    const draining = all.flatMap(([, topology]) => (topology.drains ? [topology] : []));

    expect(deadLetters.retentionDays).toBeGreaterThan(queueRetentionDays);
    expect(draining).toHaveLength(1);
    for (const { everyMinutes = 0, timeoutSeconds } of draining) {
      expect(deadLetters.visibilitySeconds).toBeGreaterThan(timeoutSeconds);
      expect(deadLetters.visibilitySeconds).toBeLessThan(everyMinutes * 60);
    }
  });

  it.each(routes)('answers $method $path within the time of the gateway', ({ handledBy }) => {
    expect(functions[handledBy].timeoutSeconds * 1_000).toBeLessThan(gateway.timeoutMs);
  });

  it('names every route once', () => {
    const names = routes.map(({ method, path }) => `${method} ${path}`);

    expect(new Set(names).size).toBe(names.length);
  });

  it.each(all)('gives %s a trigger, and no right to a thing twice', (name, topology) => {
    const routed = name === 'authorize' || routes.some(({ handledBy }) => handledBy === name);

    const { hears, hearsLogs, hearsErrors, everyMinutes } = topology;
    expect(routed || [hears, hearsLogs, hearsErrors, everyMinutes].some((trigger) => trigger !== undefined)).toBe(true);
    for (const list of [topology.reads, topology.writes, topology.sends]) {
      expect(new Set(list).size).toBe(list.length);
    }
  });

  it('never lets what an upload sets in motion write where uploads are heard', () => {
    for (const [bucket, { notifies }] of Object.entries(buckets)) {
      if (notifies === undefined) continue;
      const writers = all
        .filter(([, { writes }]) => writes.some((written) => written === bucket))
        .map(([name]) => name);
      const moved = downstream(notifies.queue);

      expect(moved.size).toBeGreaterThan(0);
      expect(writers.filter((name) => moved.has(name))).toEqual([]);
    }
  });
});
