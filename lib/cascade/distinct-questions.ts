import type { MaskedRecord } from '../domain/record.ts';

/** Questions in the order they were first seen. */
export interface DistinctQuestions {
  readonly questions: readonly MaskedRecord[];
  /** The index in `questions` of the one that this record comes down to; a new one is added. */
  ordinalOf(masked: MaskedRecord): number;
}

/**
 * Finds the records that share a verdict and its pattern: same source, level, text, evidence and length class. Looks up
 * the pattern's id and the source instead of one joined key: masking hands out the same id string again and again, so
 * nothing as long as a line is built or hashed per record.
 */
export function distinctQuestions(): DistinctQuestions {
  const questions: MaskedRecord[] = [];
  const byPattern = new Map<string, Map<string, number[]>>();

  return {
    questions,
    ordinalOf(masked) {
      // Few: the levels and evidence that one source's lines of one pattern have.
      const bySource = getOrAdd(byPattern, masked.patternId, () => new Map<string, number[]>());
      const alike = getOrAdd(bySource, masked.source, () => []);
      for (const ordinal of alike) if (isAlike(questions[ordinal], masked)) return ordinal;
      const ordinal = questions.push(masked) - 1;
      alike.push(ordinal);
      return ordinal;
    },
  };
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function isAlike(known: MaskedRecord | undefined, masked: MaskedRecord): boolean {
  return (
    known !== undefined &&
    known.level === masked.level &&
    known.evidence === masked.evidence &&
    known.truncated === masked.truncated &&
    known.canonical === masked.canonical
  );
}
