import { bar, printable } from '../local/screen.ts';
import { megabytes } from './disk-space.ts';

const EVERY_MS = 200;
const BAR_WIDTH = 24;

export interface Progress {
  onBytes(file: string, done: number, total: number | undefined): void;
  /** A line of its own, the bar out of its way. */
  say(line: string): void;
  /** Takes the bar away. */
  end(): void;
}

/** A bar that is drawn over itself on a terminal, and nothing but lines anywhere else. */
export function showProgress(
  write: (text: string) => void,
  { isTty, now }: { readonly isTty: boolean; readonly now: () => number },
): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  let begun: { readonly file: string; readonly at: number; readonly done: number } | undefined;
  const end = () => {
    if (isDrawn) write('\r\u001b[K');
    isDrawn = false;
  };
  return {
    end,
    say: (line) => {
      end();
      write(`${line}\n`);
    },
    onBytes: (file, done, total) => {
      if (!isTty) return;
      if (begun?.file !== file || done < begun.done) begun = { file, at: now(), done };
      if (now() - drawnAt < EVERY_MS && done !== total) return;
      drawnAt = now();
      isDrawn = true;
      const perSecond = (done - begun.done) / Math.max(0.001, (now() - begun.at) / 1_000);
      write(`\r\u001b[K${progressLine(file, done, total, perSecond)}`);
    },
  };
}

/** `model.onnx  ████░░░░  412 of 739 MB  12 MB/s  27 s left`. */
export function progressLine(file: string, done: number, total: number | undefined, perSecond: number): string {
  const speed = perSecond > 0 ? [`${megabytes(perSecond)}/s`] : [];
  if (total === undefined) return [printable(file), megabytes(done), ...speed].join('  ');
  const left = perSecond > 0 && done < total ? [`${Math.ceil((total - done) / perSecond)} s left`] : [];
  const share = `${megabytes(done)} of ${megabytes(total)}`;
  return [printable(file), bar(done / total, BAR_WIDTH), share, ...speed, ...left].join('  ');
}
