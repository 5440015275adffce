import * as z from 'zod';
import { type Figures, isLowerBetter } from './expected.ts';
import { WRAPPINGS } from './wrappings.ts';

/**
 * The goals of the model that were reached, by the names of `figuresOf`: whatever was accepted and whatever is tolerated, these hold.
 * Goals that were missed stand in the model card.
 */
export const REACHED: Figures = {
  ...Object.fromEntries(Object.keys(WRAPPINGS).map((name) => [`mixed/${name}:f1`, 0.98])),
  'mixed/message:f1At9': 0.8,
  'category:macroF1': 0.9,
  'category:alarmed': 0.02,
  'category/descriptions:macroF1': 0.88,
};

/** The same of other people's lines, by the names of `dataFiguresOf`. */
export const REACHED_ON_DATA: Figures = {
  'statements:ecePrior': 0.03,
  'statements by repository:ecePrior': 0.08,
  'systems:auc': 0.94,
};

/** A sentence for each goal that is missed or was not measured. */
export function missesOf(goals: Figures, found: Figures): readonly string[] {
  return Object.entries(goals).flatMap(([name, goal]) => {
    const value = found[name] ?? Number.NaN;
    if (isLowerBetter(name) ? value <= goal : value >= goal) return [];
    const side = isLowerBetter(name) ? 'most' : 'least';
    return [
      Number.isNaN(value)
        ? `${name} is to be at ${side} ${goal} and is not in the report: run \`npm run eval:all -- --accept\``
        : `${name} is to be at ${side} ${goal} and is ${value.toFixed(4)}`,
    ];
  });
}

const figure = z.object({ value: z.number().nullable() });
/** The part of a report that tells of other people's lines; what is not there was not measured. */
const reportSchema = z.object({
  data: z
    .object({
      statements: z.object({
        cascade: z.object({ 'all levels': z.object({ scores: z.object({ ecePrior: figure }) }) }),
        meanOverRepositories: z.object({ ecePrior: z.number() }),
      }),
      meanOverSystems: z.object({ auc: z.object({ cascade: figure }) }),
    })
    .partial()
    .optional(),
});

/** Figures of a written report that need other people's lines. */
export function dataFiguresOf(written: unknown): Figures {
  const { statements, meanOverSystems } = reportSchema.parse(written).data ?? {};
  return {
    'statements:ecePrior': statements?.cascade['all levels'].scores.ecePrior.value ?? Number.NaN,
    'statements by repository:ecePrior': statements?.meanOverRepositories.ecePrior ?? Number.NaN,
    'systems:auc': meanOverSystems?.auc.cascade.value ?? Number.NaN,
  };
}
