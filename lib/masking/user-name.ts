import { codeAt, tokenBits } from './char-class.ts';

const KEYS = new Set(['user', 'ruser', 'username']);
const NAME_IS_NEXT = /(?:^|[\s(])(?:for|[Ii]nvalid|unknown|[Ii]llegal|by|as) $/;
const ACCESS_FOR = /(?:password|publickey|none|gssapi-with-mic|interactive\/pam) $/;
const SESSION_FOR = /session (?:opened|closed) for $/;
const FOLLOWS = /^ (?:from |by |port |\[|\()/;
const LONGEST_NAME = 64;

/**
 * End of the user's name that begins behind the word `text[start, end)`, 0 where none is sure: `user=root`, "invalid user bob
 * from …", "password for bob from …", "session closed for user bob". Elsewhere a word behind "user" is the sentence's.
 */
export function userNameEnd(text: string, start: number, end: number): number {
  const mark = codeAt(text, end);
  if (mark === 61) return KEYS.has(text.slice(start, end)) ? nameEnd(text, end + 1) : 0;
  if (mark !== 32) return 0;
  const length = end - start;
  if (length === 3) return text.startsWith('for', start) && isAccess(text, start) ? nameBeforeOrigin(text, end + 1) : 0;
  if (length !== 4 || !text.startsWith('user', start)) return 0;
  const before = text.slice(Math.max(0, start - 24), start);
  if (!NAME_IS_NEXT.test(before)) return 0;
  const name = nameEnd(text, end + 1);
  if (name === 0 || FOLLOWS.test(text.slice(name, name + 6))) return name;
  return text.slice(name, name + 8).trim() === '' && name + 8 >= text.length && SESSION_FOR.test(before) ? name : 0;
}

function isAccess(text: string, at: number): boolean {
  const code = codeAt(text, at - 2);
  return (
    (code === 100 || code === 101 || code === 121 || code === 99 || code === 109) &&
    ACCESS_FOR.test(text.slice(Math.max(0, at - 18), at))
  );
}

/** "for bob from 10.0.0.1": the name, where "from" is next. */
function nameBeforeOrigin(text: string, at: number): number {
  const name = nameEnd(text, at);
  return name !== 0 && text.startsWith(' from ', name) ? name : 0;
}

/** End of a name at `at`: one token, no path or address. */
function nameEnd(text: string, at: number): number {
  let end = at;
  while (end - at <= LONGEST_NAME && tokenBits(codeAt(text, end)) !== 0) end++;
  return end > at && end - at <= LONGEST_NAME ? end : 0;
}
