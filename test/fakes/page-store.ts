import type { PageKey, PageStore } from '../../lib/ports.ts';

/** Pages in memory. */
export function memoryPageStore(): PageStore {
  const pages = new Map<string, { key: PageKey; body: Uint8Array }>();
  return {
    putIfAbsent: async (key, body) => {
      const name = `${key.tenant}#${key.jobId}#${key.segment}#${key.chunk}#${key.page}`;
      if (!pages.has(name)) pages.set(name, { key: { ...key }, body: Buffer.from(body) });
    },
    read: async function* (tenant, jobId, segment, after = { chunk: -1, page: -1 }) {
      const found = [...pages.values()]
        .filter(({ key }) => key.tenant === tenant && key.jobId === jobId && key.segment === segment)
        .filter(({ key }) => key.chunk > after.chunk || (key.chunk === after.chunk && key.page > after.page))
        .sort(({ key: one }, { key: other }) => one.chunk - other.chunk || one.page - other.page);
      yield* found;
    },
  };
}
