import { describe, expect, it } from 'vitest';
import { chooseMedia } from '../../../lib/http/accept.ts';

describe('chooseMedia', () => {
  it.each([
    [undefined, 'image/png'],
    ['*/*', 'image/png'],
    ['image/*', 'image/png'],
    ['image/svg+xml', 'image/svg+xml'],
    ['image/png;q=0.5, image/svg+xml', 'image/svg+xml'],
    ['text/html, image/svg+xml;q=0.1', 'image/svg+xml'],
    ['image/png;q=0, */*', 'image/svg+xml'],
  ])('of %s chooses %s', (accept, media) => {
    expect(chooseMedia(accept, ['image/png', 'image/svg+xml'])).toBe(media);
  });

  it.each(['image/gif', 'image/png;q=0', ';;;,'])('refuses %s', (accept) => {
    expect(() => chooseMedia(accept, ['image/png'])).toThrow(/image\/png/);
  });
});
