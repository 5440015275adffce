import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';

/** What a request to the chat endpoint held. */
export interface LlmRequest {
  readonly path: string | undefined;
  readonly system: string;
  readonly user: string;
  readonly responseFormat: string;
  readonly maxTokens: number;
  readonly authorization: string | undefined;
}

/** How the server answers one request: a status with a body, or never. */
export type LlmAnswer =
  | { readonly content: string }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang';

export interface LlmServer {
  readonly baseUrl: string;
  readonly requests: readonly LlmRequest[];
  close(): Promise<void>;
}

const requestSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.object({ type: z.string() }),
  max_completion_tokens: z.number(),
});

/** A real HTTP server on loopback that speaks the OpenAI chat protocol; `answer` is asked for each request in turn. */
export async function startLlmServer(answer: (request: LlmRequest, turn: number) => LlmAnswer): Promise<LlmServer> {
  const requests: LlmRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming);
    requests.push(request);
    sendAnswer(response, answer(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<LlmRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const body = requestSchema.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
  const content = (role: string) => body.messages.find((message) => message.role === role)?.content ?? '';
  return {
    path: incoming.url,
    system: content('system'),
    user: content('user'),
    responseFormat: body.response_format.type,
    maxTokens: body.max_completion_tokens,
    authorization: incoming.headers.authorization,
  };
}

function sendAnswer(response: ServerResponse, answer: LlmAnswer): void {
  if (answer === 'hang') return;
  if ('content' in answer) {
    const message = { role: 'assistant', content: answer.content };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', choices: [{ index: 0, message }] }));
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.body ?? JSON.stringify({ error: { message: 'refused' } }));
}

/** A well-formed reply that gives each text the label at its place. */
export function labelReply(labels: readonly string[], confidence = 0.8): LlmAnswer {
  return { content: JSON.stringify({ results: labels.map((label, index) => ({ index, label, confidence })) }) };
}
