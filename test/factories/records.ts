import type { LogRecord, MaskedRecord } from '../../lib/domain/record.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';

/** A log record with what a test cares about; the rest is quiet. */
export function aLogRecord(parts: Partial<LogRecord> = {}): LogRecord {
  return { source: 'orders', message: 'User User123 logged in.', ...parts };
}

/** The same, masked as the service masks it. */
export function aMaskedRecord(parts: Partial<LogRecord> = {}): MaskedRecord {
  return maskRecord(aLogRecord(parts));
}
