import { describe, expect, it } from 'vitest';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import { WRAPPINGS, wrap } from './wrappings.ts';

const LINES = [
  { id: 'a', source: 'orders', level: 'error', message: 'Could not reserve stock for order 4411' },
  { id: 'b', source: 'Mail Gateway/2', level: '', message: 'queue "welcome" drained' },
  { id: 'c', source: '', level: 'warn', message: 'Retrying\n\tat Worker.run' },
];

describe('wrap', () => {
  it('has eight shapes', () => {
    expect(Object.keys(WRAPPINGS)).toHaveLength(8);
  });

  describe.each(Object.entries(WRAPPINGS))('as %s', (_, wrapping) => {
    it('says the same at every run', () => {
      const twice = LINES.map((line) => [wrap(wrapping, line), wrap(wrapping, { ...line })]);

      expect(twice.every(([first, second]) => first === second)).toBe(true);
    });

    it('keeps the text and the level within reach of the service', () => {
      const [line] = LINES;
      const bare = maskRecord({ source: '', message: line?.message ?? '' });

      const masked = maskRecord({ source: '', message: line === undefined ? '' : wrap(wrapping, line) });

      expect(masked.level).toBe('error');
      expect(masked.canonical.endsWith(bare.canonical)).toBe(true);
    });
  });

  it('puts 22 fields before the message of the longest', () => {
    const [line] = LINES;
    const wrapping = WRAPPINGS['json-many'];

    const text = wrapping === undefined || line === undefined ? '{}' : wrap(wrapping, line);

    expect(Object.keys(JSON.parse(text))).toHaveLength(24);
    expect(text.indexOf('message')).toBeGreaterThan(600);
  });
});
