import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headAndTail, textWindow, WINDOW_CHARS } from '../../../lib/inference/token-window.ts';

const ids = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 300 });

describe('textWindow', () => {
  it('leaves a text that fits as it is', () => {
    const text = 'x'.repeat(WINDOW_CHARS);

    expect(textWindow(text)).toEqual([text]);
  });

  it('keeps head and tail of a longer one and cuts no surrogate pair', () => {
    for (const before of ['', 'a']) {
      const text = `${before}${'🔥'.repeat(WINDOW_CHARS)}`;

      const [head, tail = ''] = textWindow(text);

      expect(head.isWellFormed()).toBe(true);
      expect(tail.isWellFormed()).toBe(true);
      expect(text.startsWith(head)).toBe(true);
      expect(text.endsWith(tail)).toBe(true);
      expect(head.length + tail.length).toBeLessThanOrEqual(WINDOW_CHARS);
      expect(head.length + tail.length).toBeGreaterThanOrEqual(WINDOW_CHARS - 2);
    }
  });
});

describe('headAndTail', () => {
  it('keeps all that fits', () => {
    expect(headAndTail([[1, 2, 3]], 3)).toEqual({ ids: [1, 2, 3], truncated: false });
  });

  it('keeps as much of the head as of the tail', () => {
    expect(headAndTail([[1, 2, 3, 4, 5, 6]], 4)).toEqual({ ids: [1, 2, 5, 6], truncated: true });
    expect(headAndTail([[1, 2, 3, 4, 5, 6]], 5)).toEqual({ ids: [1, 2, 3, 5, 6], truncated: true });
  });

  it('gives what one part leaves unused to the other', () => {
    expect(headAndTail([[1], [5, 6, 7, 8, 9]], 4)).toEqual({ ids: [1, 7, 8, 9], truncated: true });
    expect(headAndTail([[1, 2, 3, 4, 5], [9]], 4)).toEqual({ ids: [1, 2, 3, 9], truncated: true });
  });

  it('fills the room exactly where there is enough, from the head first and the tail last', () => {
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 2, max: 126 }), (head, tail, room) => {
        const kept = headAndTail([head, tail], room);

        expect(kept.truncated).toBe(true);
        expect(kept.ids).toHaveLength(Math.min(room, head.length + tail.length));
        const cut = Array.from({ length: kept.ids.length + 1 }, (_, at) => at).find(
          (at) =>
            kept.ids.slice(0, at).every((id, place) => id === head[place]) &&
            at <= head.length &&
            kept.ids.slice(at).join() === tail.slice(tail.length - (kept.ids.length - at)).join() &&
            kept.ids.length - at <= tail.length,
        );
        expect(cut).toBeDefined();
      }),
    );
  });
});
