import { InvalidInput } from '../domain/errors.ts';

/** First bytes of formats that get named `.csv` and are no text. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['504b0304', 'a zip file (or an Excel or OpenDocument one, which are zips)'],
  ['504b0506', 'an empty zip file'],
  ['50415231', 'a Parquet file'],
  ['4f7263', 'an ORC file'],
  ['4f626a01', 'an Avro file'],
  ['89504e47', 'a PNG picture'],
  ['ffd8ff', 'a JPEG picture'],
  ['25504446', 'a PDF'],
  ['d0cf11e0', 'an old Office file'],
  ['7f454c46', 'a program'],
  ['377abcaf', 'a 7-zip file'],
  ['425a68', 'a bzip2 file'],
  ['fd377a585a', 'an xz file'],
  ['28b52ffd', 'a zstd file'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
];

const SAMPLE_BYTES = 4096;

/** Throws for a head that is not text we read: `not-text` for known formats, `utf-16` for UTF-16 and UTF-32. */
export function refuseUnreadable(head: Uint8Array): void {
  const hex = Buffer.from(head.subarray(0, 16)).toString('hex');
  const magic = MAGIC.find(([bytes]) => hex.startsWith(bytes));
  if (magic !== undefined) {
    throw new InvalidInput(
      'not-text',
      `This is ${magic[1]}, not text; send CSV, NDJSON or a plain log, plain or as .gz.`,
    );
  }
  const encoding = wideEncoding(hex, head);
  if (encoding !== undefined) {
    throw new InvalidInput('utf-16', `The text is ${encoding}; save it as UTF-8 and send it again.`);
  }
}

function wideEncoding(hex: string, head: Uint8Array): string | undefined {
  if (hex.startsWith('fffe0000') || hex.startsWith('0000feff')) return 'UTF-32';
  if (hex.startsWith('fffe')) return 'UTF-16 (little endian)';
  if (hex.startsWith('feff')) return 'UTF-16 (big endian)';
  const [even, odd] = zeroShares(head.subarray(0, SAMPLE_BYTES));
  if (odd > 0.7 && even < 0.05) return 'UTF-16 (little endian, without a byte order mark)';
  if (even > 0.7 && odd < 0.05) return 'UTF-16 (big endian, without a byte order mark)';
  return undefined;
}

/** Shares of zero bytes at even and at odd places. Stray NULs in a log do not alternate. */
function zeroShares(sample: Uint8Array): readonly [number, number] {
  if (sample.length < 8) return [0, 0];
  const zeros = [0, 0];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const half = sample.length / 2;
  return [(zeros[0] ?? 0) / half, (zeros[1] ?? 0) / half];
}
