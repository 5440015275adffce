import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { aLogRecord, aMaskedRecord } from '../../factories/records.ts';

describe('maskRecord', () => {
  it('gives one pattern and id to lines that differ in their variable parts', () => {
    const one = aMaskedRecord({ message: 'User User123 logged in from 10.1.2.3:4711 after 12ms.' });
    const other = aMaskedRecord({ message: 'User User9 logged in from 192.168.0.1 after 3.5s.' });

    expect(one).toEqual(other);
    expect(one.pattern).toBe('User User<NUM> logged in from <IP> after <DURATION>.');
    expect(one.canonical).toBe('User User7 logged in from 10.0.0.7 after 7ms.');
  });

  it('hashes the pattern to the same 16 hex digits in every process', () => {
    expect(aMaskedRecord({ message: 'cache warmed' }).patternId).toBe('c8c110a2be3d25b2');
  });

  it('hashes the whole pattern, also where it is cut for storing', () => {
    const words = 'word '.repeat(200);

    const one = aMaskedRecord({ message: `${words}ends one way` });
    const other = aMaskedRecord({ message: `${words}ends another way` });

    expect(one.pattern).toBe(other.pattern);
    expect(one.pattern.length).toBeLessThanOrEqual(LIMITS.patternChars);
    expect(one.patternId).not.toBe(other.patternId);
  });

  it('reads head and tail of an over-long message and says so', () => {
    const masked = aMaskedRecord({ message: `begins ${'x '.repeat(LIMITS.messageChars)} ends` });

    expect(masked.truncated).toBe(true);
    expect(masked.canonical.length).toBeLessThanOrEqual(LIMITS.messageChars);
    expect(masked.canonical).toMatch(/^begins .* … .* ends$/);
  });

  it('makes the level a field and keeps the one the record came with', () => {
    const inline = maskRecord(aLogRecord({ message: 'ERROR: disk full' }));
    const given = maskRecord(aLogRecord({ message: 'ERROR: disk full', level: 'warning' }));

    expect(inline).toMatchObject({ level: 'error', canonical: 'disk full' });
    expect(given).toMatchObject({ level: 'warn', canonical: 'disk full' });
  });
});
