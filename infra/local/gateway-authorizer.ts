import * as z from 'zod';
import { gateway } from '../topology.ts';
import type { FunctionPool } from './function-pool.ts';
import { GatewayError } from './gateway-error.ts';
import { authorizerEvent, type GatewayCall, methodArn } from './gateway-event.ts';

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const answerSchema = z.object({
  principalId: z.string(),
  policyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.enum(['Allow', 'Deny']), Action: texts, Resource: texts })),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
type Answer = z.infer<typeof answerSchema>;

/** Answers kept at most; beyond, the oldest is forgotten. */
const maxCached = 1_000;

/** The Lambda REQUEST authorizer on `x-api-key`, its answers kept for a while: they serve every route of the key. */
export function openAuthorizer(pool: () => FunctionPool, now: () => number) {
  const cache = new Map<string, { readonly answer: Answer; readonly untilMs: number }>();

  async function answerFor(call: GatewayCall, key: string): Promise<Answer> {
    const cached = cache.get(key);
    if (cached !== undefined && cached.untilMs > now()) return cached.answer;
    const outcome = await pool().invoke(JSON.stringify(authorizerEvent(call)));
    const answer = outcome.ok ? answerSchema.safeParse(JSON.parse(outcome.body)) : undefined;
    if (!answer?.success) {
      if (!outcome.ok && outcome.body.includes('"Unauthorized"')) throw new GatewayError('no-key');
      throw new GatewayError('authorizer-failed');
    }
    const oldest = cache.keys().next();
    if (cache.size >= maxCached && !oldest.done) cache.delete(oldest.value);
    cache.set(key, { answer: answer.data, untilMs: now() + gateway.authorizerCacheSeconds * 1000 });
    return answer.data;
  }

  /** The context for the function; throws 401 without calling anyone where there is no key, 403 where the policy denies. */
  return async (call: GatewayCall): Promise<Record<string, unknown>> => {
    const key = call.request.headers['x-api-key'];
    if (typeof key !== 'string' || key === '') throw new GatewayError('no-key');
    const { policyDocument, context, principalId } = await answerFor(call, key);
    if (!allows(policyDocument.Statement, methodArn(call))) throw new GatewayError('denied');
    return { ...context, principalId };
  };
}

function allows(statements: Answer['policyDocument']['Statement'], arn: string): boolean {
  const matching = statements.filter(({ Resource }) => Resource.some((pattern) => matchesArn(pattern, arn)));
  return matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow');
}

/** `*` is any run of characters. */
function matchesArn(pattern: string, arn: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!arn.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const last = index === rest.length - 1;
    const found = last ? (arn.endsWith(part) ? arn.length - part.length : -1) : arn.indexOf(part, at);
    if (found < at) return false;
    at = found + part.length;
  }
  return at === arn.length;
}
