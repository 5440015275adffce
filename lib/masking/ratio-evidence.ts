import { codeAt, digitsEnd, isAlnum } from './char-class.ts';
import { RATIO_ALL, RATIO_NONE, RATIO_SOME } from './evidence.ts';

const THING =
  'replicas?|nodes?|pods?|members?|instances?|brokers?|targets?|shards?|disks?|checks?|servers?|hosts?|containers?|workers?';
/** Said of things that are as they should be, and of those that are not; in lower case. */
const GOOD =
  'ready|up|available|running|healthy|online|alive|pass(?:ed|ing)|succeeded|ok|reachable|respond(?:ed|ing)|connected|joined|active|in sync|synced|serving|operational|recovered|restored|survived|back';
const BAD =
  'fail(?:ed|ing|ures?)?|(?<!\\b(?:scaled?|shut|spun|powered|taken|brought|rolled|slowed|stepped) )down|un(?:available|healthy|reachable|ready|responsive|schedulable)|notready|lost|missing|crash(?:ed|ing|loop\\w*)|dead|offline|degraded|evicted|stale|stuck|hung|corrupt(?:ed)?|broken|faulty|disconnected|pending|refused|rejected|aborted|killed|timed out|error|cannot|unable';
const NOT = "(?:not|no longer|never|cannot|can't|[a-z]{2,5}n't)(?: (?:yet|all|currently|been|be|fully)){0,2}[ _-]";

const READY_WORDS = new RegExp(
  `\\b(?:${THING}|quorum|ready|up|available|running|healthy|online|alive|passed|succeeded)\\b`,
);
/** "attempt 2/3", "shard 2 of 5": which one, not how many. */
const ORDINAL =
  /\b(?:(?:attempt|retry|try|step|phase|page|chunk|part) {0,2}[#:(]? ?|(?:replica|node|pod|member|instance|broker|shard|disk|server|host|worker) #?)$/;
const CHARS_BEFORE = 32;
const CHARS_BEHIND = 40;

/** A predicate, the ratio's where the clause ends behind it or a preposition follows: "stale" of "5/5 stale replicas" and "down" of "up 5/5 down 0/5" are not. */
const SAID = new RegExp(
  `(?<![\\w-])(?<not>${NOT})?(?:(?<bad>${BAD})|(?<good>${GOOD}))(?![\\w-])(?<more> (?!(?:in|on|at|for|from|since|after|now|yet|due|because|with|within|by|again|to|of)\\b)[a-z]|[ :=]{1,2}\\d)?`,
);
const CLAUSE_END = /[,;:()|[\]{}"\n–—]|\.(?!\S)|[\w.-]{1,24}=|\b(?:after|since|because|while|but|and|despite)\b/;
/** "nodes down: 5/5", "unavailable=3/3", "lost 5 of 5". */
const LABEL = new RegExp(
  `(?<![\\w-])(?<![a-z](?:ed|ing) )(?:${BAD})(?:[ _](?:${THING}))?(?::|=|: ?\\()\\s?$|(?<![\\w-])(?:lost|failed|missing) $`,
);
const TROUBLE = new RegExp(`(?<![\\w-])(?:(?:${BAD})(?![\\w-])|${NOT})`);

/**
 * `0/3`, `2 of 3`, `3 out of 3` near words of readiness. Of what failed none is all and all is none; where it cannot be told what is
 * counted ("lost connection to 3 of 3 brokers", "removed 5 of 5 stale replicas") none and all say nothing.
 */
export function ratioBits(text: string, start: number, end: number, part: number): number {
  const isOf = codeAt(text, end) === 32;
  let at = end;
  if (codeAt(text, end) === 47) at = end + 1;
  else if (!isOf || codeAt(text, end + 1) !== 111) return 0;
  else if (text.startsWith(' of ', end)) at = end + 4;
  else if (text.startsWith(' out of ', end)) at = end + 8;
  else return 0;
  const stop = digitsEnd(text, at);
  if (stop === at || stop - at > 6 || codeAt(text, stop) === 47 || isAlnum(codeAt(text, stop))) return 0;
  const whole = Number(text.slice(at, stop));
  if (whole === 0 || part > whole) return 0;
  const before = text.slice(Math.max(0, start - CHARS_BEFORE), start).toLowerCase();
  const behind = text
    .slice(stop, stop + CHARS_BEHIND)
    .toLowerCase()
    .replace('(s)', 's');
  if (ORDINAL.test(before) || !READY_WORDS.test(`${before} ${behind.slice(0, 24)}`)) return 0;
  if (part > 0 && part < whole) return RATIO_SOME;
  const isTrouble = countsTrouble(before, behind, { isNone: part === 0, isOf });
  if (isTrouble === undefined) return 0;
  return (part === 0) === isTrouble ? RATIO_ALL : RATIO_NONE;
}

/** Whether all or none of what failed is counted, and not of what is ready; undefined where that cannot be told. */
function countsTrouble(before: string, behind: string, { isNone, isOf }: { isNone: boolean; isOf: boolean }) {
  if (!TROUBLE.test(`${before} ${behind}`)) return false;
  const said = SAID.exec(behind.slice(0, CLAUSE_END.exec(behind)?.index));
  if (said !== null) {
    const isBad = (said.groups?.bad !== undefined) !== (said.groups?.not !== undefined);
    if (!isBad) return false;
    // "pod cart-7f 0/1 pending" is none of one, "0/3 down" none of what is down.
    const mayBeState = isNone && !isOf && said.index <= 1;
    return said.groups?.more !== undefined || mayBeState ? undefined : true;
  }
  return !isNone && LABEL.test(before) ? true : undefined;
}
