import { codeAt } from './char-class.ts';

const ACCESS = /^\S{1,64} \S{1,64} \S{1,64} \[[\w/: +-]{17,32}\] "/;
const RESULT = /^" (\d{3}) /;

/** A web server's access line (common and combined format) as request, status and size: who asked, when, and with which browser are not what happened. */
export function readAccessLine(text: string): string | undefined {
  const head = ACCESS.exec(text.slice(0, 260));
  if (head === null) return undefined;
  const open = head[0].length - 1;
  let close = open + 1;
  while (close < text.length && codeAt(text, close) !== 34) close += codeAt(text, close) === 92 ? 2 : 1;
  if (!RESULT.test(text.slice(close, close + 6))) return undefined;
  const size = text.indexOf(' ', close + 6);
  return text.slice(open, size < 0 ? text.length : size);
}
