import type { ServerResponse } from 'node:http';
import { PROBLEM_MEDIA_TYPE, type Problem, problemType } from '../../lib/http/problem.ts';
import { SECURITY_HEADERS } from '../../lib/http/security-headers.ts';
import { type GatewayProblemCode, gatewayProblems } from '../gateway-problems.ts';

/** An error that the gateway makes itself, before or instead of a function's answer. */
export class GatewayError extends Error {
  readonly code: GatewayProblemCode;
  constructor(code: GatewayProblemCode) {
    super(code);
    this.name = 'GatewayError';
    this.code = code;
  }
}

/** Answers with a problem document (RFC 9457), as the deployed gateway's responses do. */
export function replyProblem(response: ServerResponse, code: GatewayProblemCode, requestId: string): void {
  if (response.headersSent) return void response.destroy();
  const { status, title, detail } = gatewayProblems[code];
  const problem: Problem = { type: problemType(code), title, status, detail, requestId };
  const body = JSON.stringify(problem);
  response.writeHead(status, {
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
    ...SECURITY_HEADERS,
    'x-request-id': requestId,
  });
  // What is left of a body that was too large is read and dropped, or it would stand before the next request.
  response.req.resume();
  response.end(body);
}
