import * as z from 'zod';
import { askedLabelsShape } from '../../domain/label-set.ts';
import { LIMITS } from '../../domain/limits.ts';

const probability = z.number().min(0).max(1);
const message = z.string().max(LIMITS.recordBytes);
const threshold = probability.default(0.5).describe('From which probability on a message is an anomaly.');
const one = z.object({ log_message: message, threshold });
const beyondShape = {
  ...askedLabelsShape,
  question: z
    .string()
    .max(40)
    .optional()
    .describe(
      'Ask the zero-shot model whether the message is an anomaly, as the replaced program did, in place of the content score: one of the wordings that `GET /v1/models` lists, `replaced-program` among them.',
    ),
};

/** What `POST /api/v1/analyze` takes: a message as the replaced program did; beyond it several, labels of one's own and the question. */
export const analyzeBodySchema = z.union([
  one.extend(beyondShape),
  z.object({
    log_messages: z.array(message).min(1).max(LIMITS.classifyRecords),
    threshold,
    ...beyondShape,
  }),
  z.array(one).min(1, 'send at least one message').max(LIMITS.classifyRecords),
]);
export type AnalyzeBody = z.output<typeof analyzeBodySchema>;

/** Exactly the replaced program's reply; `category` and its confidence only where labels were sent, `model` where a question was. */
export const analysisSchema = z
  .object({
    log_message: z.string(),
    label: z.enum(['normal', 'anomaly']),
    confidence: probability.describe('Probability of the label.'),
    is_anomaly: z.boolean().describe('The probability of an anomaly is at or above the threshold.'),
    threshold: probability,
    category: z.string().optional(),
    category_confidence: probability.optional(),
    model: z.object({ id: z.string(), version: z.string() }).optional().describe('Which model was asked the question.'),
  })
  .meta({ id: 'Analysis' });
export type Analysis = z.infer<typeof analysisSchema>;

export const analyzeReplySchema = z.union([analysisSchema, z.array(analysisSchema)]);

/** How the model is, in the words of the replaced program. */
export const modelHealthSchema = z.object({
  status: z.enum(['healthy', 'loading', 'unhealthy']),
  model_loaded: z.boolean(),
  model_path: z.string(),
  detail: z.string().optional().describe('What to do about it.'),
});
