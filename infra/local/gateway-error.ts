import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE, type Problem, problemType } from '../../lib/http/problem.ts';
import { SECURITY_HEADERS } from '../../lib/http/security-headers.ts';
import { type GatewayProblem, type GatewayProblemCode, gatewayProblems } from '../gateway-problems.ts';

/** An error that the gateway makes itself, before or instead of a function's answer. */
export class GatewayError extends Error {
  readonly code: GatewayProblemCode;
  constructor(code: GatewayProblemCode) {
    super(code);
    this.name = 'GatewayError';
    this.code = code;
  }
}

/** Answers with a problem document (RFC 9457), as the deployed gateway's responses do. `cors`: what a page of another origin is told. */
export function replyProblem(
  response: ServerResponse,
  code: GatewayProblemCode,
  { requestId, cors }: { requestId: string; cors: Readonly<Record<string, string>> },
): void {
  if (response.headersSent) return void response.destroy();
  const { status, headers, body } = problemReply(code, requestId);
  response.writeHead(status, { ...headers, ...cors });
  // What is left of a body that was too large is read and dropped, or it would stand before the next request.
  response.req.resume();
  response.end(body);
}

/** The same to a request whose head could not be read, so that there is none to reply to. */
export function refuseHead(error: Error, socket: Duplex, requestId: string): void {
  const tooLarge = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
  const { status, headers, body } = problemReply(tooLarge ? 'head-too-large' : 'bad-request', requestId);
  if (!socket.writable) return void socket.destroy();
  const head = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...head, '', body].join('\r\n'));
}

function problemReply(code: GatewayProblemCode, requestId: string) {
  const { status, title, detail, retryAfterSeconds }: GatewayProblem = gatewayProblems[code];
  const problem: Problem = { type: problemType(code), title, status, detail, requestId };
  const body = JSON.stringify(problem);
  const headers = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
    ...SECURITY_HEADERS,
    'x-request-id': requestId,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  return { status, headers, body };
}
