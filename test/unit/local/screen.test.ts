import { describe, expect, it } from 'vitest';
import {
  bar,
  beside,
  chooseStyle,
  columns,
  count,
  cut,
  printable,
  printableLines,
  share,
} from '../../../infra/local/screen.ts';

describe('screen', () => {
  it('takes escape sequences and direction overrides out of log text', () => {
    expect(printable('a\u001b[31mred\u202Eevil\u0007\nb\u2028c')).toBe('a·[31mred·evil··b·c');
  });

  it('takes them out of whole lines, and leaves tabs, line ends and letters', () => {
    expect(printableLines('ä\t日\u001b]0;title\u0007\u009b1m\r\n\u202Eevil\u2028\n')).toBe(
      'ä\t日·]0;title··1m·\n·evil·\n',
    );
  });

  it('cuts by characters, never in the middle of one', () => {
    expect(cut('😀😀😀😀', 3)).toBe('😀😀…');
    expect(cut('short', 10)).toBe('short');
  });

  it('colours only a terminal whose owner has not said no', () => {
    expect(chooseStyle({ isTty: true, noColor: false }).bold('x')).toBe('\u001b[1mx\u001b[22m');
    expect(chooseStyle({ isTty: true, noColor: true }).bold('x')).toBe('x');
    expect(chooseStyle({ isTty: false, noColor: false }).red('x')).toBe('x');
  });

  it('aligns columns', () => {
    const rows = [
      ['rule', '1,900'],
      ['embedding', '80'],
    ];

    expect(columns(rows, ['left', 'right'])).toEqual(['rule       1,900', 'embedding     80']);
  });

  it('puts blocks side by side, whatever their colours', () => {
    const { bold } = chooseStyle({ isTty: true, noColor: false });

    expect(beside([bold('ab'), 'c'], ['x', 'y', 'z'], 2)).toEqual([`${bold('ab')}  x`, 'c   y', '    z']);
  });

  it('shows numbers and fractions', () => {
    expect([count(1234567), share(1, 3), share(0, 0)]).toEqual(['1,234,567', '33.3 %', '']);
    expect([bar(0, 4), bar(0.5, 4), bar(7, 4)]).toEqual(['░░░░', '██░░', '████']);
  });
});
