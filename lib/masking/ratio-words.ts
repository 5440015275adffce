/** "shut down", "scaled down": on purpose. */
const LOWERED =
  '(?:shut|shutting|scaled?|scaling|spun|spinning|power(?:ed|ing)?|torn|tearing|step(?:ped|ping)|cool(?:ed|ing)?|slow(?:ed|ing)?|brought|bringing|taken|taking|wound|winding|count(?:ing)?|lock(?:ed|ing)?|ramp(?:ed|ing)?|roll(?:ed|ing)?)';
/** Said of things that are not as they should be, in lower case. */
export const BAD = `(?:fail(?:ed|ing|s|ures?)?(?! (?:over|back)\\b)|errors|errored|in error|(?<!${LOWERED} )down(?! (?:to|from|by)\\b)|un(?:available|healthy|reachable|ready|responsive|schedulable|assigned|stable|able to)|notready|lost|missing|crash(?:ed|es|ing|loop[a-z]*)?|[a-z]{3,12}backoff|dead(?! letter)|offline|degraded|evicted|stale|stuck|hung|(?:oom)?killed|corrupt(?:ed)?|broken|fault(?:y|ed)|disconnected|inactive|pending|lagging|out of sync|tim(?:ed|ing) out|refus(?:ed|ing)|rejected|aborted|problems|issues)`;
/** Said of what is in order or was done to it, so that a bad word behind it is not said of all. */
const GOOD =
  '(?:ready|up(?:[ -]to[ -]date)?|available|running|healthy|online|alive|pass(?:ed|es|ing)?|succeeded|successful(?:ly)?|ok|reach(?:ed|able)|respon(?:d(?:ed|ing|s)?|sive)|connect(?:ed)?|(?:re)?joined|active|live|completed?|done|start(?:ed)?|in sync|synced|serving|operational|normal|recover(?:ed|ing|s)?|restored|repaired|replaced|fixed|cleared|survived|answer(?:ed|ing)|accept(?:ed|ing)|restarted|upgraded|created|deployed|loaded|registered|(?:left|remain(?:ing)?)(?! [a-z])|back(?! off)|schedulable|assigned)';
export const NOT =
  "(?:not|no longer|no|never|without|cannot|can't|non|[a-z]{2,5}n't)(?: (?:yet|all|currently|be(?:en|ing)?|fully|any|become))?[ _-]";
/** One of them, in groups `bad` and `good`; `not` before it turns it round. */
export const PREDICATE = `(?<![\\w-])(?<not>${NOT})?(?:(?<bad>${BAD})|(?<good>${GOOD}))(?![\\w-])`;
/** What there is a number of, in the singular. */
export const THING =
  '(?:replica|node|pod|member|instance|broker|target|shard|disk|check|server|host|container|worker|service|backend|endpoint|test|job|task|drive|link|peer|partition|region|zone|probe|tunnel|executor|controller|agent|volume|vm|machine)';
