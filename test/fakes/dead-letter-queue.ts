import type { DeadLetterQueue } from '../../lib/ports.ts';

/** A dead-letter queue in memory. What was taken is hidden until `showAgain`. */
export function memoryDeadLetters(...bodies: readonly unknown[]): DeadLetterQueue & {
  showAgain(): void;
  readonly left: () => number;
} {
  const letters = new Map(
    bodies.map((body, at) => [String(at), typeof body === 'string' ? body : JSON.stringify(body)]),
  );
  const hidden = new Set<string>();
  return {
    take: async () => {
      const shown = [...letters].filter(([receipt]) => !hidden.has(receipt)).slice(0, 10);
      for (const [receipt] of shown) hidden.add(receipt);
      return shown.map(([receipt, body]) => ({ receipt, body }));
    },
    remove: async (removed) => {
      for (const { receipt } of removed) letters.delete(receipt);
    },
    showAgain: () => hidden.clear(),
    left: () => letters.size,
  };
}
