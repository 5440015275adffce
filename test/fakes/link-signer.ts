import type { LinkSigner } from '../../lib/ports.ts';

/** Links that say what they are for and open nothing. */
export function fakeLinkSigner(): LinkSigner {
  const link = (bucket: string, key: string, query: Record<string, string | number>) =>
    `https://links.example/${bucket}/${key}?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))}`;
  return {
    get: async (bucket, key, { seconds, fileName }) => link(bucket, key, { seconds, fileName }),
    put: async (bucket, key, { seconds, bytes }) => ({
      url: link(bucket, key, { seconds }),
      headers: { 'content-length': String(bytes), 'if-none-match': '*' },
    }),
    part: async (bucket, key, multipartId, options) => link(bucket, key, { multipartId, ...options }),
  };
}
