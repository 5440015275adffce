import { LIMITS } from '../domain/limits.ts';
import type { MaskedRecord } from '../domain/record.ts';
import type { Severity } from '../domain/severity.ts';
import type { Degradation } from '../domain/verdict.ts';
import type { StageAnswer } from './stage.ts';

const DEGRADATION_WORDS: Readonly<Record<Degradation, string>> = {
  'out-of-time': 'time ran out before every stage was asked',
  'llm-off': 'the language model, which would be asked, is off',
  'llm-failed': 'the language model, which was wanted, did not answer',
  'llm-out-of-budget': "the language model's budget for this hour is spent",
  'model-failed': 'a model failed',
};

/** One sentence about a decision, of our own words, label and rule names and numbers only: log text is never repeated. */
export function reasonOf(parts: {
  readonly answer: StageAnswer | undefined;
  readonly guess: StageAnswer | undefined;
  readonly severity: Severity;
  readonly score: number;
  readonly question: MaskedRecord;
  /** Of a text that the model cannot read. */
  readonly script: string | undefined;
  readonly degraded: Degradation | undefined;
}): string {
  const { answer, guess, severity, score, question, script, degraded } = parts;
  const clauses = [
    answer === undefined ? guessClause(guess) : answerClause(answer),
    `severity ${severity}, anomaly ${shortNumber(score)}`,
    ...(script === undefined ? [] : [`written in ${script}, which the model does not cover: no word of it counted`]),
    ...(question.level === undefined ? [] : [`level ${question.level} given`]),
    ...(question.evidence === '' ? [] : [`evidence ${question.evidence.replaceAll(',', ' ')}`]),
    ...(degraded === undefined ? [] : [DEGRADATION_WORDS[degraded]]),
  ];
  return clauses.join('; ').slice(0, LIMITS.reasonChars);
}

function answerClause({ stage, category, confidence, ruleId, byExamples }: StageAnswer): string {
  const sure = shortNumber(confidence);
  switch (stage) {
    case 'rule':
      return `matches rule ${ruleId ?? ''} (${sure})`;
    case 'embedding':
      return `reads like ${byExamples ? 'the examples of ' : ''}${category} (${sure})`;
    case 'zero-shot':
      return `is nearest to the description of ${category} (${sure})`;
    case 'llm':
      return `the language model says ${category} (${sure})`;
    default:
      return stage satisfies never;
  }
}

function guessClause(guess: StageAnswer | undefined): string {
  if (guess === undefined) return 'no stage had an answer';
  return `no stage was sure enough, best guess ${guess.category} (${shortNumber(guess.confidence)})`;
}

/** `.93`, `1.00`, `.00`. */
function shortNumber(value: number): string {
  return value.toFixed(2).replace(/^0/, '');
}
