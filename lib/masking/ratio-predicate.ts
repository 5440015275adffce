import { BAD, NOT, PREDICATE, THING } from './ratio-words.ts';

/** All or none of something, whose good or bad the words around it tell. */
interface Ratio {
  readonly text: string;
  /** What stands before it, in lower case. */
  readonly before: string;
  /** Where it ends. */
  readonly stop: number;
  readonly isNone: boolean;
  /** `0 of 3`, not `0/3`. */
  readonly isOf: boolean;
}

interface Predicate {
  /** As it is written. */
  readonly words: string;
  readonly isBad: boolean;
  /** It stands right behind the ratio. */
  readonly isFirst: boolean;
  /** What is counted is named before it: "3/3 nodes down", not "3/3 down". */
  readonly isBehindNoun: boolean;
  /** A number follows, that it may belong to: `ready 0/3 failed 3`. */
  readonly isBeforeNumber: boolean;
}

/** Where what is said of the ratio ends: a mark, another clause, a key. */
const CLAUSE_END =
  /[,;:()|[\]{}"\n–—]|\.(?!\S)| [-=]|\b(?:after|since|because|due|when|while|but|and|despite|until|before|unless|if|although|status(?! checks?)|state|phase|reason|result)\b|[\w.-]{1,24}=/;
const TROUBLE = new RegExp(`${BAD}|\\b${NOT}`);
const SAID = new RegExp(`${PREDICATE}(?!=|: ?\\d)`, 'g');
const NOUN = new RegExp(`\\b${THING}s?\\b`);
const NOUN_NEXT = new RegExp(`^ (?:[a-z]{2,12} )?${THING}s?\\b`);
/** "3/3 pods on failed nodes". */
const OTHERS = /\b(?:on|of|off|from|for|in|to|by|the|an?) $/;
/** "0/12 failed checks in suite smoke". */
const PLACE = /^ (?:in|on|at|for|of|so|found|today|yet)\b|^ ?$/;
/** What else is said right behind a ratio may be the state of one thing: `pod cart-7f 0/1 pending`. */
const COUNTABLE = /^(?:fail|err|lost|missing|crash|rejected|aborted|tim|problems|issues)/;
const PLURAL_BEFORE = new RegExp(`\\b${THING}s[ :=(]{1,3}$`);
/** As long as " kubernetes nodes are currently unreachable", and what shows whether the last word is whole. */
const CHARS_AFTER = 44;
const CHARS_BEYOND = 8;

const TAIL = '(?: (?:is|are|at|now|only|all|just|count))?';
const SAID_BEFORE = new RegExp(`${PREDICATE}(?<noun>[ _]${THING}s?)?${TAIL}[ :=(]{1,3}$`);
/** "recovered from failure 3/3", and with a noun behind: "restarted failed pods: 3/3". */
const MENDED = /\b(?:from|after|for) $/;
const MENDING = /[a-z](?:ed|ing) $/;
/** "failed checks: 0/12", "nodes down: 0/5". */
const COUNTED = new RegExp(
  `(?:${THING}s(?:: ?| )(?:are |were )?${BAD}|(?<![a-z](?:ed|ing) )\\b${BAD}[ _]${THING}s)${TAIL}[ :=]{1,3}$`,
);
/** In a list of counts: `passed: 12, failed: 0/12 checks`. */
const LISTED = /(?:^|[,;.|] ?|\d )(?:failed|failures|lost|missing|evicted)[ :=]{1,3}$/;
/** "lost 0 of 5 replicas", but not "quorum lost". */
const TRANSITIVE =
  /(?<!\b(?:quorum|connection|contact|leader|majority) )\b(?:failed|lost|missing|evicted)(?: (?:only|all|just))? $/;
const UNABLE =
  /\b(?:cannot|can't|could not|couldn't|unable to|failed to|failing to) [a-z]{2,12}(?: (?:to|with|on|all)){0,2} $/;

/**
 * Whether the ratio counts what failed ("0 of 3 nodes failed", "nodes down: 5/5") and not what is ready: by the predicate behind
 * it, else the one right before it. In doubt it counts what is ready. Reads a bounded number of characters.
 */
export function countsTrouble(ratio: Ratio): boolean {
  const near = ratio.text.slice(ratio.stop, ratio.stop + CHARS_AFTER + CHARS_BEYOND);
  const behind = near.toLowerCase().replace('(s)', 's');
  if (!TROUBLE.test(`${ratio.before} ${behind}`)) return false;
  const clause = clauseOf(behind);
  const said = predicateIn(behind, clause, near);
  const earlier = SAID_BEFORE.exec(ratio.before);
  const isEarlierBad = earlier !== null && isBad(earlier);
  if (said !== undefined && !(said.isFirst && said.isBeforeNumber && earlier !== null))
    if (said.isBehindNoun || earlier === null || isEarlierBad) return said.isBad && !isState(said, ratio);
  if (!ratio.isNone) return (isEarlierBad && !isMended(ratio.before, earlier)) || UNABLE.test(ratio.before);
  return isEarlierBad && isCountOfNone(ratio, clause);
}

function clauseOf(behind: string): string {
  return behind.slice(0, Math.min(CHARS_AFTER, CLAUSE_END.exec(behind)?.index ?? CHARS_AFTER));
}

/** The first predicate of the clause; an adjective before a noun only where none follows: "3/3 failed nodes recovered". */
function predicateIn(behind: string, clause: string, near: string): Predicate | undefined {
  let adjective: Predicate | undefined;
  for (const match of behind.matchAll(SAID)) {
    const end = match.index + match[0].length;
    if (end > clause.length) break;
    const ahead = clause.slice(0, match.index);
    const noun = NOUN_NEXT.exec(clause.slice(end));
    if (noun !== null && OTHERS.test(ahead)) continue;
    const predicate = {
      words: near.slice(match.index, end),
      isBad: isBad(match),
      isFirst: ahead.trim() === '',
      isBehindNoun: NOUN.test(ahead),
      isBeforeNumber: /^ \d/.test(behind.slice(end)),
    };
    if (noun === null || predicate.isBehindNoun) return predicate;
    if (PLACE.test(clause.slice(end + noun[0].length))) adjective ??= predicate;
  }
  return adjective;
}

/** Whether "0/1 Evicted" says what the state is: in kubectl's column with a capital, elsewhere where no plural is before it. */
function isState({ words, isFirst }: Predicate, { before, isNone, isOf }: Ratio): boolean {
  if (!isNone || !isFirst) return false;
  if (words !== words.toLowerCase()) return true;
  return !isOf && !COUNTABLE.test(words) && (words.includes(' ') || !PLURAL_BEFORE.test(before));
}

/** "not failed" is as good as "ready". */
function isBad({ groups }: RegExpExecArray): boolean {
  return (groups?.bad !== undefined) !== (groups?.not !== undefined);
}

function isMended(before: string, { index, groups }: RegExpExecArray): boolean {
  const ahead = before.slice(0, index);
  return MENDED.test(ahead) || (groups?.noun !== undefined && MENDING.test(ahead));
}

/** "Deployment failed: 0/3 pods" and "not ready: 0/3" tell of trouble and then count what is ready. */
function isCountOfNone({ before, isOf }: Ratio, clause: string): boolean {
  if (LISTED.test(before) || (isOf && TRANSITIVE.test(before))) return true;
  return !NOUN.test(clause) && COUNTED.test(before);
}
