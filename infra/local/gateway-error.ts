import type { ServerResponse } from 'node:http';
import { PROBLEM_MEDIA_TYPE, type Problem, problemType } from '../../lib/http/problem.ts';
import { gateway } from '../topology.ts';

/** Errors that the gateway makes itself, before or instead of a function's answer. */
const errors = {
  'no-key': [401, 'No API key', 'Send an API key in the header x-api-key.'],
  denied: [403, 'Not allowed', 'The API key is unknown or was revoked.'],
  'no-such-route': [404, 'Not found', 'There is no such route.'],
  'too-large': [
    413,
    'Too large',
    `A request has at most ${gateway.bodyBytes} bytes here; send files by POST /v1/uploads.`,
  ],
  throttled: [429, 'Too many requests', 'Slow down and try again.'],
  'authorizer-failed': [500, 'Internal error', 'The API key could not be checked.'],
  'bad-answer': [502, 'Internal error', 'The function failed or gave no answer that could be passed on.'],
  'out-of-time': [504, 'Out of time', `There was no answer within ${gateway.timeoutMs / 1000} s.`],
} as const satisfies Record<string, readonly [number, string, string]>;

export class GatewayError extends Error {
  readonly code: keyof typeof errors;
  constructor(code: keyof typeof errors) {
    super(code);
    this.name = 'GatewayError';
    this.code = code;
  }
}

/** Answers with a problem document (RFC 9457), as the deployed gateway's responses do. */
export function replyProblem(response: ServerResponse, code: keyof typeof errors, requestId: string): void {
  if (response.headersSent) return void response.destroy();
  const [status, title, detail] = errors[code];
  const problem: Problem = { type: problemType(code), title, status, detail, requestId };
  const body = JSON.stringify(problem);
  response.writeHead(status, {
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  // What is left of a body that was too large is read and dropped, or it would stand before the next request.
  response.req.resume();
  response.end(body);
}
