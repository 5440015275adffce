import { describe, expect, it } from 'vitest';
import { dataFolder, readAllArguments } from './all-arguments.ts';

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

describe('dataFolder', () => {
  const [HERE, NOWHERE] = [import.meta.dirname, '/no/such/folder'];
  const args = { data: undefined, withoutData: false, accept: false };

  it('is the one named, else the default where it is there', () => {
    expect(dataFolder({ ...args, data: HERE }, NOWHERE)).toBe(HERE);
    expect(dataFolder(args, HERE)).toBe(HERE);
    expect(dataFolder(args, NOWHERE)).toBeUndefined();
    expect(dataFolder({ ...args, withoutData: true }, HERE)).toBeUndefined();
    expect(() => dataFolder({ ...args, data: NOWHERE }, HERE)).toThrow(/is not there$/);
  });

  it("refuses to accept figures without other people's lines, which would lose theirs", () => {
    const accept = { ...args, accept: true };

    expect(() => dataFolder(accept, NOWHERE)).toThrow(/^--accept needs [^\n]+$/);
    expect(() => dataFolder({ ...accept, withoutData: true }, HERE)).toThrow(/^--accept needs [^\n]+$/);
    expect(dataFolder(accept, HERE)).toBe(HERE);
  });
});
