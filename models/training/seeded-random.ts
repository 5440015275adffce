/** Numbers in [0, 1), the same for the same seed (xorshift32, Marsaglia 2003). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = (seed >>> 0) + 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
