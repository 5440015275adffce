import { describe, expect, it } from 'vitest';
import { nearAsRead } from './near-training.ts';

describe('nearAsRead', () => {
  const isNear = nearAsRead([
    'fan 4 stopped',
    'Order 88 was split into two {parcels|piles}',
    'revoked /home/ada/keys/old.pem',
  ]);

  it.each([
    ['FAN 9 stopped', true],
    ['order was split into parcels', true],
    ['order was split into piles', true],
    ['order was shipped in two boxes', false],
    ['', false],
    ['12:30', false],
  ])('of %j says %s', (message, expected) => {
    expect(isNear(message)).toBe(expected);
  });

  it('takes lines for the same that differ in what models do not read', () => {
    expect(isNear('revoked /srv/vault/lease/kubernetes/tokens')).toBe(true);
  });
});
