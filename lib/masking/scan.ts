import type { Mask } from './masks.ts';

/** A text on its way to a pattern: what is before `copied` stands in `out`. */
export interface Scan {
  readonly text: string;
  out: string;
  copied: number;
  /** Evidence met on the way, as bits. */
  bits: number;
}

export function beginScan(text: string): Scan {
  return { text, out: '', copied: 0, bits: 0 };
}

/** Puts `mask` in place of `text[start, end)` and returns `end`. */
export function put(scan: Scan, start: number, end: number, mask: Mask | ' ' | ''): number {
  scan.out += scan.text.slice(scan.copied, start) + mask;
  scan.copied = end;
  return end;
}
