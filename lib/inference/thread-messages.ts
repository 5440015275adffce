import * as z from 'zod';

const callSchema = z.int().nonnegative();

/** What a thread is told; `body` is checked by the thread it is meant for. */
export const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ask'), call: callSchema, body: z.unknown() }),
  z.strictObject({ kind: z.literal('close') }),
]);
export type ThreadRequest = z.infer<typeof requestSchema>;

/** What a thread says. */
export const replySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), body: z.unknown() }),
  z.strictObject({ kind: z.literal('refused'), code: z.string(), message: z.string() }),
  z.strictObject({ kind: z.literal('answered'), call: callSchema, body: z.unknown() }),
  z.strictObject({ kind: z.literal('failed'), call: callSchema, code: z.string(), message: z.string() }),
]);
export type ThreadReply = z.infer<typeof replySchema>;
