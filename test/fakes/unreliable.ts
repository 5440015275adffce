/** What an unreliable port throws: the process died there. */
export class Crash extends Error {}

/** When calls fail and how long they take, from one seed. */
export interface Trouble {
  /** Counts every write; true means the process dies before (or after) it. */
  diesBefore(): boolean;
  diesAfter(): boolean;
  /** Turns of the event loop's queue that a call takes. */
  turns(): number;
}

const WRITES = new Set([
  'put',
  'putIfAbsent',
  'putPart',
  'createMultipart',
  'completeMultipart',
  'abortMultipart',
  'create',
  'update',
  'closeSegment',
  'chunkDone',
  'chunkFailed',
  'settleSegment',
  'segmentRendered',
  'noteDelivery',
  'send',
  'jobFinished',
]);
const READS = new Set(['get', 'segment', 'segments', 'deliveryJob', 'head', 'failedChunks']);

/** The port, with every call delayed, and its writes dying before or after they happened as the trouble says. */
export function unreliable<Port extends object>(port: Port, trouble: Trouble): Port {
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver);
      const isWrite = WRITES.has(String(name));
      if (typeof member !== 'function' || !(isWrite || READS.has(String(name)))) return member;
      return async (...given: unknown[]) => {
        for (let turn = trouble.turns(); turn > 0; turn -= 1) await undefined;
        if (isWrite && trouble.diesBefore()) throw new Crash(`before ${String(name)}`);
        const answer: unknown = await Reflect.apply(member, target, given);
        if (isWrite && trouble.diesAfter()) throw new Crash(`after ${String(name)}`);
        return answer;
      };
    },
  });
}

/** Small seeded pseudo-random numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
