import { describe, expect, it } from 'vitest';
import { nearTo } from './near-training.ts';

describe('nearTo', () => {
  const isNear = nearTo(['fan 4 stopped', 'Order 88 was split into two parcels']);

  it.each([
    ['FAN 9 stopped', true],
    ['order was split into parcels', true],
    ['order was shipped in two boxes', false],
    ['', false],
    ['12:30', false],
  ])('of %j says %s', (message, expected) => {
    expect(isNear(message)).toBe(expected);
  });
});
