const WORDS =
  /\b(?:errors?|err|fail(?:s|ed|ure|ures|ing)?|fatal|critical|crit|exceptions?|panic|abort(?:ed|ing)?|den(?:y|ied)|refused|rejected|unable|cannot|can't|could not|couldn't|invalid|timed? ?out|timeouts?|warn(?:ing|ings)?|unreachable|unavailable|corrupt(?:ed|ion)?|crash(?:ed|es)?|killed|lost|missing|unauthori[sz]ed|unexpected|not found|out of memory|oom|deadlock|traceback)\b/i;

/** What an alert on words would say: 1 where the line has one of the words that people grep for, else 0. */
export function keywordProbability(text: string): number {
  return WORDS.test(text) ? 1 : 0;
}
