import { pick, type Random } from './seeded-random.ts';

const WORDS = [
  'orders', 'user', 'main', 'default', 'cache', 'payments', 'config.yaml', 'alice', 'redis', 'nginx', 'GET', 'null',
  'true', 'us-east-1', 'worker-3', 'node-12', 'db01', 'svc-auth', 'queue', 'eth0', 'session', 'primary', 'table',
  'partition', 'Foo::bar', 'com.acme.orders.Service', 'utf-8', 'pool', 'backend', 'v2.14.0', 'prod', 'topic-events',
] as const; // biome-ignore format: a list of words
/** What stands behind "error:" and the like in life. */
const CAUSES = [
  'connection refused', 'timeout', 'permission denied', 'not found', 'invalid argument', 'EOF', 'out of memory',
  'unexpected token', 'no such file or directory', 'broken pipe', 'already exists', 'context deadline exceeded',
] as const; // biome-ignore format: a list of words
const AFTER_CAUSE_WORD = /(?:err(?:or|no)?|reason|cause|because|exception|failed|message|due to)['"]?[:=( ]+$/i;

/** Fills each `<*>` with a value of the kind life puts there; sometimes with a bare `X`. */
export function fillHoles(text: string, random: Random): string {
  const bare = random() < 0.1;
  return text.replace(/<\*>/g, (_, at: number) => {
    if (bare) return 'X';
    const before = text.slice(Math.max(0, at - 16), at);
    return AFTER_CAUSE_WORD.test(before) && random() < 0.6 ? pick(random, CAUSES) : value(random);
  });
}

function value(random: Random): string {
  const kind = random();
  if (kind < 0.35) return String(Math.floor(random() * 10 ** (1 + Math.floor(random() * 5))));
  if (kind < 0.44) return Array.from({ length: 4 }, () => 1 + Math.floor(random() * 254)).join('.');
  if (kind < 0.52)
    return Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  if (kind < 0.6) return `/${pick(random, WORDS)}/${pick(random, WORDS)}`;
  if (kind < 0.66) return `${Math.floor(random() * 9999)}ms`;
  return pick(random, WORDS);
}

/** Texts with one of each `{a|b|c}` chosen: at most `most`, each once. */
export function chooseAlternatives(text: string, random: Random, most: number): readonly string[] {
  const chosen = new Set<string>();
  for (let at = 0; at < most; at++)
    chosen.add(
      text.replace(/\{([^{}]*\|[^{}]*)\}/g, (_, all: string) => {
        const alternatives = all.split('|');
        return alternatives[Math.floor(random() * alternatives.length)] ?? '';
      }),
    );
  return [...chosen];
}
