import { describe, expect, it } from 'vitest';
import { readAllArguments } from './all-arguments.ts';

const DEFAULTS = { models: '/m', sets: '/s' };

describe('readAllArguments', () => {
  it('measures what ships unless told otherwise', () => {
    expect(readAllArguments([], DEFAULTS)).toMatchObject({ models: '/m', sets: '/s', resamples: 500, accept: false });
    expect(readAllArguments(['--models', '/other', '--out', 'o'], DEFAULTS)).toMatchObject({
      models: '/other',
      out: 'o',
    });
    expect(readAllArguments(['--accept'], DEFAULTS)).toMatchObject({ models: '/m', accept: true });
  });

  it.each([
    [['--resamples', 'many']],
    [['--resamples', '0']],
    [['--colour', 'red']],
    [['more']],
    [['--accept', '--sets', 's']],
  ])('refuses %j with one sentence', (args) => {
    expect(() => readAllArguments(args, DEFAULTS)).toThrow(/^[^\n]+$/);
  });
});
