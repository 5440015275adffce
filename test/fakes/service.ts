import { openLineQuota } from '../../lib/access/line-quota.ts';
import { openQuotaGate } from '../../lib/access/quota-gate.ts';
import type { OwnersCascade } from '../../lib/cascade/types.ts';
import type { Chunk, Finished, IngestOrder } from '../../lib/domain/chunk.ts';
import type { Quotas } from '../../lib/domain/quota.ts';
import { rememberTerms } from '../../lib/jobs/tenant-terms.ts';
import { fakeCascade } from './cascade.ts';
import { fakeClock } from './clock.ts';
import { memoryCounterStore } from './counter-store.ts';
import { memoryJobEvents } from './job-events.ts';
import { memoryJobStore } from './job-store.ts';
import { fakeLinkSigner } from './link-signer.ts';
import { memoryObjectStore } from './object-store.ts';
import { memoryPageStore } from './page-store.ts';
import { memoryQueue } from './queue.ts';
import { memoryLabelSets, memoryRuleSets, memoryTenantSettings } from './tenant-store.ts';
import { type Trouble, unreliable } from './unreliable.ts';

/** Every port of the service in memory. */
export function memoryService(
  options: { cascade?: OwnersCascade; versioned?: readonly string[]; quotas?: Quotas } = {},
) {
  const clock = fakeClock();
  const settings = memoryTenantSettings();
  return {
    clock,
    jobs: memoryJobStore(),
    objects: memoryObjectStore(clock, options.versioned ?? ['uploads']),
    pages: memoryPageStore(),
    cascade: options.cascade ?? fakeCascade(),
    settings,
    termsOf: rememberTerms(settings, clock),
    labelSets: memoryLabelSets(),
    ruleSets: memoryRuleSets(),
    events: memoryJobEvents(),
    links: fakeLinkSigner(),
    ingestOrders: memoryQueue<IngestOrder>(),
    chunksSmall: memoryQueue<Chunk>(),
    chunksBulk: memoryQueue<Chunk>(),
    finished: memoryQueue<Finished>(),
    dataBucket: 'data',
    uploadsBucket: 'uploads',
    anomalyThreshold: 0.5,
    random: countingRandom(),
    lines: openLineQuota(
      openQuotaGate({
        counters: memoryCounterStore(),
        clock,
        quotas: options.quotas ?? {
          everyone: {},
          tenants: {},
        },
      }),
      { used: () => undefined, count: () => undefined },
    ),
  };
}
export type MemoryService = ReturnType<typeof memoryService>;

/** The same stores and queues, seen through trouble. */
export function troubled(service: MemoryService, trouble: Trouble) {
  return {
    ...service,
    jobs: unreliable(service.jobs, trouble),
    objects: unreliable(service.objects, trouble),
    pages: unreliable(service.pages, trouble),
    events: unreliable(service.events, trouble),
    ingestOrders: unreliable(service.ingestOrders, trouble),
    chunksSmall: unreliable(service.chunksSmall, trouble),
    chunksBulk: unreliable(service.chunksBulk, trouble),
    finished: unreliable(service.finished, trouble),
  };
}

/** Bytes that count up: another id each time, the same in every run. */
function countingRandom(): (bytes: number) => Uint8Array {
  let next = 0;
  return (bytes) => Uint8Array.from({ length: bytes }, () => next++ % 36);
}

export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const blocks: Uint8Array[] = [];
  for await (const block of bytes) blocks.push(block);
  return Buffer.concat(blocks).toString('utf8');
}
