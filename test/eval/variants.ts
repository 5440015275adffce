import type { LogRecord } from '../../lib/domain/record.ts';
import type { AnomalyRow } from './sets.ts';
import { WRAPPINGS, wrap } from './wrappings.ts';

/** A way in which a set's lines reach the service. */
export interface Variant {
  readonly name: string;
  readonly recordOf: (row: AnomalyRow) => LogRecord;
}

/** The text and nothing else. */
export const MESSAGE: Variant = { name: 'message', recordOf: ({ message }) => ({ source: '', message }) };
/** The text, and beside it the level its author gave it. */
export const LEVEL: Variant = {
  name: 'level',
  recordOf: ({ message, level }) => ({ source: '', message, ...(level === '' ? {} : { level }) }),
};
/** The text inside another program's shape. */
export const WRAPPED: readonly Variant[] = Object.entries(WRAPPINGS).map(([name, wrapping]) => ({
  name,
  recordOf: (row) => ({ source: '', message: wrap(wrapping, row) }),
}));
