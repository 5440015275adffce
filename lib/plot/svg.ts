/** Okabe and Ito's colours, told apart by people with any kind of colour vision; text is dark on white. */
export const COLOURS = {
  ink: '#1b1b1b',
  faint: '#595959',
  rule: '#c8c8c8',
  ordinary: '#0072b2',
  anomaly: '#d55e00',
  quiet: '#999999',
} as const;

export const FONT = 'DejaVu Sans';

/** Characters that XML 1.0 has no room for, and halves of characters. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What FONT draws: the scripts that it was made for, and what all scripts share but for pictures. */
const DRAWN =
  /^(?:(?!\p{Emoji_Presentation})[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Georgian}\p{sc=Common}\p{sc=Inherited}])*$/u;

/** Whether FONT has the characters of a text; what it lacks is drawn as empty boxes. */
export function isDrawn(text: string): boolean {
  return DRAWN.test(text);
}

/** Text as XML takes it, whatever it holds. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

/** About as wide as a text is drawn, in pixels; East Asian characters are as wide as high. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x2e80 ? 1 : 0.61;
  return width * size;
}

/** The text, cut to fit a width with an ellipsis. */
export function fitText(text: string, size: number, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  if (textWidth(line, size) <= width) return line;
  let kept = '';
  for (const character of line) {
    if (textWidth(`${kept}${character}…`, size) > width) break;
    kept += character;
  }
  return `${kept}…`;
}

export interface TextOptions {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: true;
  readonly fill?: string;
}

export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { size = 14, anchor = 'start', bold, fill = COLOURS.ink } = options;
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}"${weight} fill="${fill}">${escapeXml(content)}</text>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 0))}" height="${round(Math.max(height, 0))}" fill="${fill}"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${COLOURS.rule}"/>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** 12,345 */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 1 record, 12,345 records. */
export function formatMany(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 12.3% of the whole; under a thousandth it says so. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  const percent = (part / whole) * 100;
  return percent < 0.1 ? '<0.1%' : `${percent.toFixed(1)}%`;
}
