import { codeAt } from './char-class.ts';
import type { Mask } from './masks.ts';

/** A text on its way to a pattern: what is before `copied` stands in `out`. */
export interface Scan {
  readonly text: string;
  out: string;
  copied: number;
  /** End of the last part that went into a mask. */
  masked: number;
  /** The mask that `out` ends with, where it ends with one. */
  last: Mask | ' ' | '';
  /** Evidence met on the way, as bits. */
  bits: number;
}

export function beginScan(text: string): Scan {
  return { text, out: '', copied: 0, masked: 0, last: '', bits: 0 };
}

/**
 * Puts `mask` in place of `text[start, end)` and returns `end`. A list of one kind (`1, 2, 3`) becomes one mask: how long it is
 * varies like its members.
 */
export function put(scan: Scan, start: number, end: number, mask: Mask | ' '): number {
  const { text, copied } = scan;
  if (mask !== ' ') scan.masked = end;
  if (mask === scan.last && start - copied <= 2 && mask.length > 1 && isListMark(text, copied, start)) {
    scan.copied = end;
    return end;
  }
  scan.out += text.slice(copied, start) + mask;
  scan.copied = end;
  scan.last = mask;
  return end;
}

/** `,` or `, `. */
function isListMark(text: string, start: number, end: number): boolean {
  return codeAt(text, start) === 44 && (end === start + 1 || codeAt(text, start + 1) === 32);
}
