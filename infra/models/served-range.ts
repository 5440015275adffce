import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Fault, InvalidInput } from '../../lib/domain/errors.ts';

/** What an answer brings: bytes from `from` on, or nothing and why. */
export type Served =
  | {
      readonly kind: 'bytes';
      readonly from: number;
      readonly total: number | undefined;
      readonly validator: string | undefined;
      /** The digest, where the hub says it. */
      readonly sha256: string | undefined;
    }
  | { readonly kind: 'refused'; readonly error: Error; readonly startAgain: boolean };

interface Asked {
  readonly have: number;
  readonly wanted: { readonly url: URL; readonly bytes?: number };
  readonly progress: { readonly validator?: string; readonly total?: number };
}

/** Try again later: overloaded, rate-limited, or a gateway between. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

export function refusal(url: URL, why: string): Fault {
  return new Fault('model-download', `${url}: ${why}`);
}

/**
 * Reads an answer to a request for the bytes from `have` on. A server may ignore the range (200: all bytes come),
 * answer another one, or say another length than the file has; none of that may end in a file of mixed content.
 * Throws `InvalidInput('model-download')` where another try cannot help.
 */
export function servedRange(
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  hub: IncomingHttpHeaders,
  { have, wanted, progress }: Asked,
): Served {
  const { url } = wanted;
  const refused = (why: string, startAgain: boolean): Served => ({
    kind: 'refused',
    error: refusal(url, why),
    startAgain,
  });
  if (PASSING.includes(statusCode)) return refused(`the server answers ${statusCode}`, false);
  // The part is longer than the file, or just as long: either way it is not the file that is wanted.
  if (statusCode === 416) return refused('the server has no bytes after those that were fetched', true);
  if (statusCode !== 200 && statusCode !== 206) throw hopeless(url, statusCode);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new InvalidInput('model-download', `${url} is sent as ${headers['content-encoding']}, not as it is`);
  const range = statusCode === 206 ? contentRange(headers['content-range']) : whole(headers['content-length']);
  if (range === undefined || (range.from !== have && range.from !== 0))
    return refused('the server answers with another range than the one asked for', true);
  const validator = validatorOf(headers);
  const isSame = range.from === 0 || progress.validator === undefined || validator === progress.validator;
  if (!isSame) return refused('the file has changed since it was begun', true);
  if (wanted.bytes !== undefined && range.total !== undefined && range.total !== wanted.bytes)
    return refused(`it has ${range.total} bytes, ${wanted.bytes} are wanted: another file`, false);
  const total = wanted.bytes ?? range.total;
  return { kind: 'bytes', from: range.from, total, validator, sha256: linkedDigest(hub) };
}

function hopeless(url: URL, status: number): InvalidInput {
  const why =
    status === 404 || status === 410
      ? 'there is no such file'
      : status === 401 || status === 403
        ? 'access is refused'
        : 'that is no answer to a download';
  return new InvalidInput('model-download', `${url} answers ${status}: ${why}.`);
}

function whole(contentLength: string | undefined): { from: number; total: number | undefined } {
  const total = Number(contentLength);
  return { from: 0, total: contentLength !== undefined && Number.isSafeInteger(total) ? total : undefined };
}

/** `bytes 100-199/200`; undefined where it is none. */
function contentRange(header: string | undefined): { from: number; total: number | undefined } | undefined {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(header ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

/** A weak entity tag does not promise equal bytes. */
function validatorOf(headers: IncomingHttpHeaders): string | undefined {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
}

/** Of large files the hub says the sha256 in a header of its own. */
function linkedDigest(hub: IncomingHttpHeaders): string | undefined {
  const tag = String(hub['x-linked-etag'] ?? '').replaceAll('"', '');
  return /^[0-9a-f]{64}$/.test(tag) ? tag : undefined;
}
