import * as z from 'zod';

const issue = z.object({ path: z.string(), message: z.string() });

const shape = {
  type: z
    .string()
    .describe('Stable; a client may switch on it.')
    .meta({ examples: ['urn:logsieve:problem:invalid-body'] }),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  requestId: z.string().describe('To be given when the problem is reported.'),
  issues: z.array(issue).optional().describe('What is wrong, each with its path: `log_entries.3.source`.'),
};

/** A problem document (RFC 9457). */
export const problemSchema = z.object(shape).meta({ id: 'Problem' });

/** The same for clients of the replaced programs: `detail` is what FastAPI would have said. */
export const legacyProblemSchema = z
  .object({
    ...shape,
    detail: z.array(z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.int()])), msg: z.string() })),
    message: z.string().describe('What `detail` says in other problem documents.'),
  })
  .meta({ id: 'ValidationProblem' });
