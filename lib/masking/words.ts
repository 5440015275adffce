import { portEnd } from './addresses.ts';
import { codeAt, isAlnum, isAsciiLetter, isDigit, isHex } from './char-class.ts';
import type { Mask } from './masks.ts';

/** Names that carry a digit and mean one thing: masked, they would say less. */
const KNOWN_NAMES = new Set(
  `ipv4 ipv6 ip4 ip6 http2 http3 h2 h2c sha1 sha2 sha256 sha384 sha512 md5 utf8 utf16 base64 s3 ec2 r53 k8s k3s log4j log4j2
  x86 x64 amd64 arm64 aarch64 i386 i686 oauth2 oauth1 win32 win64 mp3 mp4 h264 h265 ext2 ext3 ext4 i18n l10n a11y b2b p2p
  pop3 imap4 smtp2 x509 rs256 hs256 es256 aes128 aes256 neo4j web3 jdbc4 gzip2 bzip2 lz4 zlib1 
  1xx 2xx 3xx 4xx 5xx l1 l2 l3 l4 l7 e2e 2fa mfa2 0auth db2 jsr303 py2 py3 python2 python3 java8 java11 java17 es6 vt100 latin1 ssh1 ssh2`.split(
    /\s+/,
  ),
);
const LONGEST_NAME = Math.max(...[...KNOWN_NAMES].map((name) => name.length));

const ORDINALS = new Set(['st', 'nd', 'rd', 'th']);

/** Whether a word with digits in it is a name like `ipv6` or `k8s`. */
export function isKnownName(text: string, start: number, end: number): boolean {
  return end - start <= LONGEST_NAME && KNOWN_NAMES.has(text.slice(start, end).toLowerCase());
}

/** What a word of letters and digits is as a whole, undefined where only its digits vary (`User123`, `worker12a`). */
export function wholeWordMask(text: string, start: number, end: number): Mask | undefined {
  const length = end - start;
  if (isPrefixedHex(text, start, end)) return '<HEX>';
  let groups = 0;
  let changes = 0;
  let hex = true;
  let inDigits = false;
  for (let i = start; i < end; i++) {
    const code = codeAt(text, i);
    const digit = isDigit(code);
    if (digit !== inDigits || i === start) {
      if (digit) groups++;
      if (i > start) changes++;
      inDigits = digit;
    }
    hex = hex && isHex(code);
  }
  if (hex && (length >= 8 || (length === 7 && changes >= 2))) return '<HEX>';
  if ((groups >= 3 && length >= 8) || (groups >= 2 && length >= 12)) return '<ID>';
  return length <= 8 && groups === 1 && isOrdinal(text, start, end) ? '<NUM>' : undefined;
}

/** `0x7fed806eb5d`. */
function isPrefixedHex(text: string, start: number, end: number): boolean {
  if (end - start < 3 || codeAt(text, start) !== 48 || (codeAt(text, start + 1) | 32) !== 120) return false;
  for (let i = start + 2; i < end; i++) if (!isHex(codeAt(text, i))) return false;
  return true;
}

function isOrdinal(text: string, start: number, end: number): boolean {
  return isDigit(codeAt(text, start)) && isDigit(codeAt(text, end - 3)) && ORDINALS.has(text.slice(end - 2, end));
}

/** The random end of a Kubernetes name (`x2k9p` of `web-7d4b9c6f5d-x2k9p`): five characters, no vowels. */
export function isRandomSuffix(text: string, start: number, end: number): boolean {
  if (end - start !== 5) return false;
  for (let i = start; i < end; i++) {
    const code = codeAt(text, i);
    const consonant = code >= 97 && code <= 122 && !(code === 97 || code === 101 || code === 105 || code === 111);
    if (!isDigit(code) && (!consonant || code === 117)) return false;
  }
  return true;
}

/** Top levels that no class, package, property or file name ends with (`.io`, `.info` or `.id` may be any of these). */
const TOP_LEVELS = new Set(
  `com org edu gov mil biz lan localdomain arpa cn hk jp tw kr sg th vn ir om de uk fr nl ch se fi dk cz ru ua br mx ar cl au nz ca
  eu tr gr hu ro bg il za`.split(/\s+/),
);
/** Top levels that are also last parts of such names: a host of that kind must have two dots. */
const DOUBTFUL = new Set(['net', 'local', 'internal']);
/** Behind a name with a dot, `:42` is a line of such a file, not a port. */
const FILE_NAMES = new Set(
  'go py js ts tsx jsx mjs rb rs c h cc cpp hpp cs kt java scala php pl sh lua ex exs erl swift m mm sql yaml yml json xml html vue log txt conf'.split(
    ' ',
  ),
);

/** End of the host name at `start`, at most `end`; 0 where there is none. A known top level, or a port behind any; capitals only where there are two dots. */
export function hostEnd(text: string, start: number, end: number): number {
  let at = start;
  let dots = 0;
  let dot = 0;
  let capitals = false;
  for (; at < end; at++) {
    const code = codeAt(text, at);
    if (code === 46) {
      if (at === start || codeAt(text, at - 1) === 46) return 0;
      if (!isAlnum(codeAt(text, at + 1))) break;
      dots++;
      dot = at;
    } else if (!(isAlnum(code) && code < 128) && code !== 45 && code !== 95) break;
    else capitals = capitals || (code >= 65 && code <= 90);
  }
  if (dots === 0 || at - dot > 14 || at - dot < 3 || (capitals && dots < 2)) return 0;
  const top = text.slice(dot + 1, at);
  if (TOP_LEVELS.has(top) || (dots >= 2 && DOUBTFUL.has(top)) || text.startsWith('host=', start - 5)) return at;
  return codeAt(text, at) === 58 && !capitals && hasPort(text, at, top) ? at : 0;
}

function hasPort(text: string, colon: number, top: string): boolean {
  for (let at = 0; at < top.length; at++) if (!isAsciiLetter(codeAt(top, at))) return false;
  return portEnd(text, colon) > colon + 2 && !FILE_NAMES.has(top);
}
