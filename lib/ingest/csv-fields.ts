/**
 * The fields of one record by the scanner's rule: a field that begins with `"` is quoted, `""` in it is a quote, a lone
 * `"` closes it, what follows up to the delimiter is literal. A quote that is never closed runs to the end.
 */
export function parseFields(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const [field, end] = text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter);
    fields.push(field);
    at = end + 1;
  }
  return fields;
}

function plainField(text: string, at: number, delimiter: string): readonly [string, number] {
  const end = indexOrEnd(text, delimiter, at);
  return [text.slice(at, end), end];
}

function quotedField(text: string, at: number, delimiter: string): readonly [string, number] {
  let field = '';
  let from = at + 1;
  for (;;) {
    const quote = indexOrEnd(text, '"', from);
    field += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = indexOrEnd(text, delimiter, quote + 1);
      return [field + text.slice(quote + 1, end), end];
    }
    field += '"';
    from = quote + 2;
  }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}

const MUST_QUOTE = /["\r\n]/;

/** A field as it is written: in quotes where a reader needs them. */
export function writeField(field: string, delimiter: string): string {
  if (!MUST_QUOTE.test(field) && !field.includes(delimiter)) return field;
  return `"${field.replaceAll('"', '""')}"`;
}
