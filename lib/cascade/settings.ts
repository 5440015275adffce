import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { UNCLASSIFIED } from '../domain/verdict.ts';
import { ROUTINE_LINES } from './routine-lines.ts';

const probability = z.number().min(0).max(1);

/** A category of the owner's. `usualSeverity` stands in where no model could be asked. */
export const labelSchema = z.strictObject({
  name: z.string().min(1).max(64),
  description: z.string().min(3).max(400),
  usualSeverity: z.enum(SEVERITIES).default('info'),
  examples: z.array(z.string().min(1).max(400)).max(50).default([]),
});
export type Label = z.infer<typeof labelSchema>;

/** The stages that can be switched on or be a route's target, in the order they are asked. */
export const ASKED_STAGES = ['rule', 'embedding', 'zero-shot', 'llm'] as const;
export type AskedStage = (typeof ASKED_STAGES)[number];

const learnedSchema = z.strictObject({
  leastExamples: z.int().min(2).max(LIMITS.labelExamples),
  mostLabels: z.int().min(2).max(LIMITS.labels),
  threshold: probability,
  routine: z.array(z.string().min(1).max(400)).min(1).max(200),
});
/** Measured by models/training/own-labels.ts. */
const LEARNED: z.infer<typeof learnedSchema> = {
  leastExamples: 5,
  mostLabels: 20,
  threshold: 0.55,
  routine: [...ROUTINE_LINES],
};

/** models/labels.json: the labels, and how the stages are asked for them. */
export const settingsSchema = z
  .strictObject({
    labels: z.array(labelSchema).min(2).max(100),
    stages: z.array(z.enum(ASKED_STAGES)).default([...ASKED_STAGES]),
    /** Source name to the stage that is asked first for its records. */
    routes: z.record(z.string().max(LIMITS.sourceChars), z.enum(ASKED_STAGES)).default({}),
    /** Share of anomalies among the owner's records, where it is known (`npm run train:score -- --base-rate`); scores are then probabilities for it. Absent: the share that score.json declares. */
    anomalyBaseRate: z.number().gt(0).lt(1).optional(),
    /** Least confidence at which a stage settles a category; the embedding's own lies in its head. */
    thresholds: z.strictObject({
      zeroShot: probability,
      /** The embedding's own similarity, where it is to differ from what calibration.json measured. */
      similarity: probability.optional(),
      llm: probability,
    }),
    zeroShot: z.strictObject({
      /** Divides cosine similarities before the softmax over labels, until calibration.json has a measured one. */
      temperature: z.number().positive(),
      /** What a cross-encoder is asked; `{}` is the label's description. */
      hypothesis: z.string().includes('{}'),
      /** How labels that a caller sends are asked for by similarity. Nobody has measured those, so the numbers are what served label sets of 2 to 50 made-up concepts: there an answer of .6 is right two times in three (models/training/own-labels.ts). */
      asked: z
        .strictObject({
          temperature: z.number().positive(),
          threshold: probability,
          hypothesis: z.string().includes('{}'),
          /** The head that a set's own examples train: how many differently worded ones each label must have, of how many labels at most it gains over similarity, from when on it settles, and lines of none. */
          learned: learnedSchema.default(LEARNED),
        })
        .default({ temperature: 0.05, threshold: 0.6, hypothesis: 'This log line is about {}.', learned: LEARNED }),
      /** A cross-encoder costs a pass a label: of more labels than `above` only the `keep` nearest by the embedding are asked. */
      prefilter: z
        .strictObject({ above: z.int().min(1).max(100), keep: z.int().min(1).max(100) })
        .default({ above: 8, keep: 5 }),
      /** What lines look like that belong to no label; where these are nearest the stage says nothing. The first is the cross-encoder's. */
      background: z.array(z.string().min(1).max(400)).min(1).max(50),
    }),
    llm: z.strictObject({
      textsPerCall: z.int().min(1).max(20),
      timeoutMs: z.int().min(100).max(60_000),
      /** Calls one process may make in an hour. */
      callsPerHour: z.int().nonnegative(),
      /** A language model's own confidence is no calibrated probability, and nobody can count how often it is right before it is asked: it is never taken to be more than this. */
      confidenceCap: probability,
    }),
  })
  .refine(({ labels }) => new Set(labels.map(({ name }) => name)).size === labels.length, 'two labels have one name')
  .refine(({ stages, routes }) => Object.values(routes).every((stage) => stages.includes(stage)), {
    path: ['routes'],
    error: 'a route leads to a stage that is not among the stages',
  })
  .refine(({ labels }) => labels.every(({ name }) => name !== UNCLASSIFIED), `${UNCLASSIFIED} is no label`);
export type Settings = z.infer<typeof settingsSchema>;

/** Reads and checks one of the JSON files that steer the cascade. Throws `InvalidInput(code)` that names the first fault and its path. */
export async function readSettingsFile<Schema extends z.ZodType>(
  path: string,
  code: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(await readJson(path, code));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: at, message }) => ({ path: at.join('.'), message }));
  throw new InvalidInput(code, `${path}: ${issues[0]?.path ?? ''}: ${issues[0]?.message ?? 'not valid'}`, { issues });
}

async function readJson(path: string, code: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new InvalidInput(code, `${path}: ${cause instanceof Error ? cause.message : 'cannot be read'}`, { cause });
  }
}
