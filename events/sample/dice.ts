/** A seeded source of choices: the same seed gives the same choices on every machine. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  chance(share: number): boolean;
  hex(digits: number): string;
  /** An address of the networks kept for documentation (RFC 5737). */
  address(): string;
}

/** Mulberry32: 32 bits of state, good enough to vary a sample file. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(roll() * (high - low + 1));
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[between(0, items.length - 1)] ?? items[0];

  return {
    between,
    pick,
    chance: (share) => roll() < share,
    hex: (digits) => Array.from({ length: digits }, () => between(0, 15).toString(16)).join(''),
    address: () => `${pick(['192.0.2', '198.51.100', '203.0.113'])}.${between(1, 254)}`,
  };
}
