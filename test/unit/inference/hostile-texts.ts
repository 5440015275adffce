/** Texts that have broken tokenizers and batches, and plain lines between them. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\n',
  'ok',
  'ERROR',
  '\u0000\u0000\u0001',
  '\ud800 lone \udfff surrogates',
  '🔥'.repeat(300),
  '👩‍👩‍👧‍👦 joined',
  'x '.repeat(4000),
  'a'.repeat(10_000),
  'zqxj'.repeat(2500),
  '数据库连接失败'.repeat(60),
  'A\u0301'.repeat(900),
  '[SEP] [CLS] [PAD] [MASK]',
  '\u001b[31mred\u001b[0m',
  '-'.repeat(500),
  'user logged in',
  'disk failure on node 7, array degraded',
  'java.lang.OutOfMemoryError: heap\n\tat app.Main.run(Main.java:12)\n\tat app.Main.main(Main.java:3)',
  '{"level":"error","msg":"could not connect","attempt":3}',
  'backup of volume 12 completed successfully in 42 seconds with 0 errors and 3 warnings',
];

/** The same numbers for the same seed (a linear congruential generator), 0 to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
