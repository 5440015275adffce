import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { columnsSchema, FORMATS, type Job } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';

const text = z.string().transform(decodeWord);
const column = text.pipe(z.string().min(1).max(256)).optional();

const metadataSchema = z.object({
  'message-column': column,
  'source-column': column,
  'level-column': column,
  'timestamp-column': column,
  source: text.pipe(z.string().max(LIMITS.sourceChars)).optional(),
  format: z.enum(FORMATS).optional(),
  join: z.stringbool().optional(),
});

/** What an owner says about a file by its object's metadata (`x-amz-meta-message-column: text`, ...). Throws `InvalidInput('metadata')`. */
export function metadataToWanted(metadata: Readonly<Record<string, string>>): Job['wanted'] {
  const lowered = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
  const parsed = metadataSchema.safeParse(lowered);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: `x-amz-meta-${path.join('.')}`, message }));
    throw new InvalidInput('metadata', `${issues[0]?.path}: ${issues[0]?.message}`, { issues });
  }
  const { source, format, join } = parsed.data;
  const columns = columnsSchema.parse({
    message: parsed.data['message-column'],
    source: parsed.data['source-column'],
    level: parsed.data['level-column'],
    timestamp: parsed.data['timestamp-column'],
  });
  const hasColumns = Object.values(columns).some((name) => name !== undefined);
  return { columns: hasColumns ? columns : undefined, format, joinContinuations: join, source };
}

/** S3 gives back non-ASCII metadata as RFC 2047 encoded words. */
export function decodeWord(value: string): string {
  const [, kind, encoded] = /^=\?utf-8\?([bq])\?([^?]*)\?=$/i.exec(value) ?? [];
  if (kind === undefined || encoded === undefined) return value;
  if (kind.toLowerCase() === 'b') return Buffer.from(encoded, 'base64').toString();
  const bytes = encoded
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
