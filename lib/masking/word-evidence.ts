import { codeAt } from './char-class.ts';
import { STACK, ZERO_ERRORS } from './evidence.ts';

const NONE_BEFORE =
  /\b(?:no|without|zero|not a)(?: (?:a|any|single|new|further|more|known|other|fatal|critical|unexpected|reported)){0,2} $/;
const ERROR_WORD = /^(?:errors?|exceptions?|failures?|faults?|problems?|issues?)\b/i;
/** "no error handler": what is missing is something else. */
const OTHER_NOUN =
  /^ (?:handlers?|messages?|codes?|logs?|pages?|budget|responses?|boundary|callbacks?|details?|output|report|recovery|listener|queue|tracker|types?)\b/i;
const LONGEST_BEFORE = 32;

/** Whether a word of five to ten letters may be one of those `errorWordBits` knows, by its first two letters. */
export function mayBeErrorWord(text: string, start: number, length: number): boolean {
  if (length < 5 || length > 10) return false;
  const second = codeAt(text, start + 1) | 32;
  switch (codeAt(text, start) | 32) {
    case 101: // er, ex
      return second === 114 || second === 120;
    case 102: // fa
      return second === 97;
    case 105: // is
      return second === 115;
    case 112: // pr
      return second === 114;
    default:
      return false;
  }
}

/** What a word for something wrong at `text[start, end)` says by the words before it: "no errors", "without any failure". */
export function errorWordBits(text: string, start: number, end: number): number {
  const before = text.slice(Math.max(0, start - LONGEST_BEFORE), start).toLowerCase();
  if (!NONE_BEFORE.test(before) || !ERROR_WORD.test(text.slice(start, end))) return 0;
  return OTHER_NOUN.test(text.slice(end, end + 12)) ? 0 : ZERO_ERRORS;
}

const FRAME_HEAD = [
  /^at (?:async |new )?[\w$.<>[\]/`~+|]{1,200}(?: \[as \w{1,60}\])? ?\((?:[^()\n]{0,300}\.\w{1,5}:\d+|Native Method|Unknown Source|<anonymous>|index \d)/,
  /^at (?:async )?(?:file:\/\/|node:|[A-Za-z]:\\|\/)[^\s()]{1,300}:\d+:\d+/,
  /^at [\w.<>`[\]|,]{1,200}\.[\w<>`|]{1,80}\([^()\n]{0,200}\)(?: in \S{1,300}:line \d|$)/,
  /^File "[^"\n]{1,300}", line \d/,
  /^Traceback \(most recent call last\)/,
  /^Caused by: [\w$.]{3,200}/,
  /^\.\.\. \d{1,4} (?:more|common frames)/,
  /^goroutine \d{1,9} \[/,
  /^(?:created by )?[\w./-]{1,200}\.(?:\(\*?\w{1,80}\)\.)?[\w.]{1,80}\((?:0x[0-9a-f]|\{0x|\.\.\.)/,
  /^created by (?=\S{0,200}[/(])[\w./-]{1,200}\.(?:\(\*?\w{1,80}\)\.)?[\w.]{1,80}(?: in goroutine \d{1,9})?$/,
  /^\/[\w./@-]{1,300}\.go:\d+(?: \+0x[0-9a-f]+|$)/,
  /^(?:from )?[\w./@-]{1,300}\.rb:\d+:in [`']/,
  /^#\d{1,3} {1,4}(?:0x[0-9a-f]{4,16} |\/[\w./-]{1,200}\(\d+\))/,
  /^\[<[0-9a-f]{8,16}>\] |^\??[\w.]{2,80}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}/,
];
const FRAME_BEGINNINGS = [
  'at ',
  'File "',
  'Traceback',
  'Caused by',
  '... ',
  'goroutine ',
  'created by ',
  '/',
  'from ',
  '#',
  '[<',
  '?',
];
const FRAME_INITIALS = new Uint8Array(128);
for (const beginning of FRAME_BEGINNINGS) FRAME_INITIALS[beginning.charCodeAt(0)] = 1;
/** Go's and Ruby's frames begin with any letter, but with a long word: `main.serve(0xc0004e…`, `app/models/order.rb:12:in …`. */
const LONG_WORD = 9;
const GO_OR_RUBY = ['(0x', '({', '(...', '+0x', '.rb:'];
/** A later line of a text that is a frame. */
const FRAME_BELOW =
  /\n[ \t]{0,12}(?:at [\w$.<>[\]/ ]{1,200}\(|File "[^"\n]{1,300}", line \d|\.\.\. \d{1,4} more|goroutine \d|\/[\w./@-]{1,300}\.go:\d|from [\w./@-]{1,300}\.rb:\d|#\d{1,3} {1,4}0x|\[<[0-9a-f]{8})/;
const READ_CHARS = 700;

/** A stack frame, or a text with one among its first lines: JVM, .NET, JavaScript, Python, Go, Ruby, PHP, native and kernel ones. */
export function stackBits(message: string): number {
  const newline = message.indexOf('\n');
  if (newline >= 0 && newline < READ_CHARS && FRAME_BELOW.test(message.slice(newline, READ_CHARS))) return STACK;
  if (!mayBeFrame(message)) return 0;
  const head = message.slice(0, READ_CHARS);
  return FRAME_HEAD.some((frame) => frame.test(head)) ? STACK : 0;
}

function mayBeFrame(message: string): boolean {
  if (FRAME_INITIALS[codeAt(message, 0)] === 1 && FRAME_BEGINNINGS.some((words) => message.startsWith(words)))
    return true;
  const space = message.indexOf(' ');
  if (space >= 0 && space < LONG_WORD) return false;
  const word = message.slice(0, Math.min(READ_CHARS, space < 0 ? message.length : space));
  return GO_OR_RUBY.some((part) => word.includes(part));
}
