import type { Queue } from '../../lib/ports.ts';

export interface Sent<Body> {
  readonly body: Body;
  readonly group: string | undefined;
  readonly delaySeconds: number | undefined;
}

/** A queue that keeps what was sent, as it would come out: through JSON. */
export function memoryQueue<Body>(): Queue<Body> & { readonly sent: Sent<Body>[]; take(): Body[] } {
  const sent: Sent<Body>[] = [];
  return {
    sent,
    send: async (bodies, { group, delaySeconds } = {}) => {
      for (const body of bodies) sent.push({ body: structuredClone(body), group, delaySeconds });
    },
    take: () => sent.splice(0).map(({ body }) => body),
  };
}
