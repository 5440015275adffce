/** What a terminal is told to do, or nothing where the output is no terminal or NO_COLOR is set. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export function chooseStyle(options: { isTty: boolean; noColor: boolean }): Style {
  const code = (open: number, close: number) => (text: string) =>
    options.isTty && !options.noColor ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: code(1, 22), dim: code(2, 22), red: code(31, 39), green: code(32, 39), yellow: code(33, 39) };
}

/** Log text is hostile: control and formatting characters (escape sequences, bidirectional overrides) must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '·');
}

/** The same for whole lines on their way to a terminal: tabs and line ends stay. */
export function printableLines(text: string): string {
  return text.replace(/[^\P{C}\t\n]|[\p{Zl}\p{Zp}]/gu, '·');
}

/** The text in at most `width` characters, an ellipsis where it was cut. */
export function cut(text: string, width: number): string {
  const characters = [...printable(text)];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, Math.max(width - 1, 0)).join('')}…`;
}

export const count = (number: number) => number.toLocaleString('en-US');
/** `1 line`, `2 lines`. */
export const counted = (number: number, noun: string) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
export const share = (part: number, whole: number) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`);
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export type Align = 'left' | 'right';

/** Rows in columns as wide as their widest cell, two spaces between them. Cells are plain; `paint` colours a finished one. */
export function columns(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const widths = aligns.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length), 0));
  return rows.map((row, index) =>
    aligns
      .map((align, column) => {
        const cell = row[column] ?? '';
        const padding = ' '.repeat((widths[column] ?? 0) - [...cell].length);
        return paint(align === 'left' ? cell + padding : padding + cell, index, column);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Two blocks of lines side by side. */
export function beside(left: readonly string[], right: readonly string[], gap: number): string[] {
  const width = Math.max(...left.map(visibleWidth), 0) + gap;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const line = left[index] ?? '';
    const other = right[index] ?? '';
    return other === '' ? line : line + ' '.repeat(width - visibleWidth(line)) + other;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are our own colours, which take no room
const visibleWidth = (line: string) => [...line.replace(/\u001b\[\d+m/g, '')].length;

/** `████████░░░░` */
export function bar(fraction: number, width: number): string {
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
