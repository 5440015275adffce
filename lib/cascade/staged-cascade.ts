import type { MaskedRecord } from '../domain/record.ts';
import { type Decision, type Degradation, UNCLASSIFIED } from '../domain/verdict.ts';
import type { EmbeddingModel, Log } from '../ports.ts';
import { askLocalStages, type LocalOutcome } from './ask-local-stages.ts';
import { blankDecision, hasText } from './blank-text.ts';
import { contentScore, type ScoreFormula, statedSeverities } from './content-score.ts';
import { uncoveredScript } from './covered-scripts.ts';
import { type Deadline, deadlineOf } from './deadline.ts';
import { embedTexts } from './embed-texts.ts';
import type { LlmOutcome, LlmStage } from './llm-stage.ts';
import { reasonOf } from './reason.ts';
import type { Rule, RuleMatcher } from './rules.ts';
import type { Settings } from './settings.ts';
import { softmax } from './softmax.ts';
import type { LocalStage, StageAnswer, TextReading } from './stage.ts';
import type { Cascade } from './types.ts';

export interface CascadeParts {
  readonly version: string;
  readonly settings: Settings;
  readonly score: ScoreFormula;
  readonly rules: RuleMatcher;
  /** Whether a rule that was found names the category. */
  readonly ruleSettles: (rule: Rule) => boolean;
  readonly model: EmbeddingModel;
  /** In the order they are asked. */
  readonly localStages: readonly LocalStage[];
  readonly llm: LlmStage | undefined;
  readonly log: Log | undefined;
}

interface OpenParts extends CascadeParts {
  /** The script of a text that the model cannot read. */
  readonly scriptOf: (text: string) => string | undefined;
}

/** A question on its way through the stages. */
interface Course {
  readonly question: MaskedRecord;
  readonly reading: TextReading;
  /** Why the reading is not whole. */
  readonly unread: Degradation | undefined;
  readonly local: LocalOutcome;
  readonly llm: LlmOutcome;
}

/** The stages themselves, without any cache: each distinct text is read once, then every question is settled from its reading. */
export function stagedCascade(parts: CascadeParts): Cascade {
  const scriptOf = uncoveredScript(parts.score.covers);
  return {
    version: parts.version,
    async decide(_tenant, questions, options) {
      const texts = questions.filter(hasText);
      const decisions = await decideTexts({ ...parts, scriptOf }, texts, deadlineOf(options?.remainingMs));
      const byQuestion = new Map(texts.map((question, at) => [question, decisions[at]]));
      return questions.map((question) => byQuestion.get(question) ?? blankDecision(question));
    },
  };
}

async function decideTexts(
  parts: OpenParts,
  questions: readonly MaskedRecord[],
  deadline: Deadline,
): Promise<readonly Decision[]> {
  const readings = await readTexts(parts, questions, deadline);
  const courses: Course[] = [];
  for (const question of questions) {
    const { reading, unread } = readings.get(question.canonical) ?? noReading(question);
    const local = await askLocalStages(parts.localStages, routeOf(parts, question), reading, deadline, parts.log);
    courses.push({ question, reading, unread, local, llm: undefined });
  }
  const answered = await askLanguageModel(parts, courses, deadline);
  return answered.map((course) => decisionOf(parts, course));
}

interface ReadText {
  readonly reading: TextReading;
  readonly unread: Degradation | undefined;
}

function noReading({ canonical }: MaskedRecord): ReadText {
  return { reading: { text: canonical, rule: undefined, embedded: undefined }, unread: 'model-failed' };
}

function routeOf({ settings }: CascadeParts, { source }: MaskedRecord) {
  return Object.hasOwn(settings.routes, source) ? settings.routes[source] : undefined;
}

/** Rules first; the model is asked for every distinct text but those whose rule states the severity as well. */
async function readTexts(
  parts: CascadeParts,
  questions: readonly MaskedRecord[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, ReadText>> {
  const usesRules = parts.settings.stages.includes('rule');
  const rules = new Map<string, ReturnType<RuleMatcher>>();
  const unsettled = new Set<string>();
  for (const question of questions) {
    const { canonical } = question;
    if (!rules.has(canonical)) rules.set(canonical, usesRules ? parts.rules(canonical) : undefined);
    const rule = rules.get(canonical);
    const isSettled = rule?.severity !== undefined && parts.ruleSettles(rule);
    if (!isSettled || routeOf(parts, question) !== undefined) unsettled.add(canonical);
  }
  const embedded = await embedTexts(parts.model, [...unsettled], deadline, parts.log);
  return new Map(
    Array.from(rules, ([text, rule]) => {
      const outcome = embedded.get(text);
      const made = outcome !== undefined && 'embedded' in outcome ? outcome.embedded : undefined;
      const unread = outcome !== undefined && 'degraded' in outcome ? outcome.degraded : undefined;
      return [text, { reading: { text, rule, embedded: made }, unread }];
    }),
  );
}

/** One pass for all that want it: sources routed to it, and records no stage here was sure about. */
async function askLanguageModel(
  parts: CascadeParts,
  courses: readonly Course[],
  deadline: Deadline,
): Promise<readonly Course[]> {
  const wanting = courses.filter((course) => wantsLanguageModel(parts, course));
  if (wanting.length === 0) return courses;
  const outcomes =
    parts.llm === undefined
      ? wanting.map((): LlmOutcome => ({ degraded: 'llm-off' }))
      : await parts.llm.ask(
          wanting.map(({ question: { source, level, canonical } }) => ({ source, level, text: canonical })),
          deadline,
        );
  const byCourse = new Map(wanting.map((course, at) => [course, outcomes[at]]));
  return courses.map((course) => (byCourse.has(course) ? { ...course, llm: byCourse.get(course) } : course));
}

function wantsLanguageModel(parts: CascadeParts, { question, local }: Course): boolean {
  if (!parts.settings.stages.includes('llm')) return false;
  return routeOf(parts, question) === 'llm' || local.sure === undefined;
}

function decisionOf(parts: OpenParts, course: Course): Decision {
  const { question, reading, unread, local, llm } = course;
  const said = llm !== undefined && 'answer' in llm ? llm.answer : undefined;
  const answer = said?.sure ? said : local.sure;
  const guess = likelier(said, local.guess);
  const script = isStatedByRule(reading) ? undefined : parts.scriptOf(reading.text);
  const severities = script === undefined ? severitiesOf(parts, reading, answer ?? guess) : undefined;
  const { level, evidence, truncated } = question;
  const { anomalyBaseRate } = parts.settings;
  const { score, severity } = contentScore({ severities, level, evidence }, parts.score, anomalyBaseRate);
  const degraded = unread ?? local.degraded ?? (llm !== undefined && 'degraded' in llm ? llm.degraded : undefined);
  return {
    category: answer?.category ?? UNCLASSIFIED,
    confidence: toFourPlaces(answer?.confidence ?? 0),
    score,
    severity,
    stage: answer?.stage ?? 'none',
    ...(answer?.ruleId === undefined ? {} : { ruleId: answer.ruleId }),
    model: answer?.model ?? { id: parts.model.id, version: parts.model.version },
    reason: reasonOf({ answer, guess, severity, score, question, script, degraded }),
    ...(degraded === undefined ? {} : { degraded }),
    ...(truncated || reading.embedded?.truncated ? { truncated: true as const } : {}),
  };
}

/** An embedding's last float digits depend on its batch; what is said of it must not. */
function toFourPlaces(probability: number): number {
  return Math.round(probability * 10_000) / 10_000;
}

function likelier(a: StageAnswer | undefined, b: StageAnswer | undefined): StageAnswer | undefined {
  return a !== undefined && (b === undefined || a.confidence >= b.confidence) ? a : b;
}

/** What the rule states, else what the model says, else what is usual for the category. */
function severitiesOf(parts: CascadeParts, reading: TextReading, answer: StageAnswer | undefined) {
  const { rule, embedded } = reading;
  if (rule?.severity !== undefined) return statedSeverities(rule.severity);
  if (embedded !== undefined) return softmax(embedded.severityLogits);
  const label = parts.settings.labels.find(({ name }) => name === answer?.category);
  return statedSeverities(label?.usualSeverity ?? 'info');
}

/** Whichever stage names the category: the score is a function of the record alone, in whatever labels it is sorted. */
function isStatedByRule({ rule }: TextReading): boolean {
  return rule?.severity !== undefined;
}
