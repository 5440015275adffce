import { LIMITS } from '../lib/domain/limits.ts';
import { gateway } from './topology.ts';

/**
 * What the gateway itself answers, before or instead of a function, as the problem documents that the service speaks
 * (lib/http/problem.ts). `responses`: API Gateway's names of the cases; to it a known path with an unknown method is a
 * missing token.
 */
export interface GatewayProblem {
  readonly responses: readonly string[];
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** When to come again, where that would help. */
  readonly retryAfterSeconds?: number;
}

export const gatewayProblems = {
  'no-key': {
    responses: ['UNAUTHORIZED'],
    status: 401,
    title: 'No API key',
    detail: 'Send an API key in the header x-api-key.',
  },
  denied: {
    responses: ['ACCESS_DENIED'],
    status: 403,
    title: 'Not allowed',
    detail: 'The API key is unknown or was revoked.',
  },
  /** By the firewall, where the owner wants one; its rate is counted over five minutes. */
  blocked: {
    responses: ['WAF_FILTERED'],
    status: 403,
    title: 'Blocked',
    detail: 'Too many requests came from this address, or it is known for abuse.',
    retryAfterSeconds: 300,
  },
  'no-such-route': {
    responses: ['MISSING_AUTHENTICATION_TOKEN'],
    status: 404,
    title: 'Not found',
    detail: 'There is no such route, or not with this method.',
  },
  'too-large': {
    responses: ['REQUEST_TOO_LARGE'],
    status: 413,
    title: 'Too large',
    detail: `No request takes more than ${LIMITS.batchWireBytes} bytes; send files by POST /v1/uploads.`,
  },
  /** API Gateway has no name for it: it says so before it knows whose request it is. */
  'head-too-large': {
    responses: [],
    status: 431,
    title: 'Address and headers too large',
    detail: `An address and its headers have at most ${gateway.headBytes} bytes together.`,
  },
  throttled: {
    responses: ['THROTTLED'],
    status: 429,
    title: 'Too many requests',
    detail: 'Slow down and try again.',
    retryAfterSeconds: 1,
  },
  'bad-request': {
    responses: ['DEFAULT_4XX'],
    status: 400,
    title: 'Bad request',
    detail: 'The gateway could not read the request.',
  },
  'authorizer-failed': {
    responses: ['AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR'],
    status: 500,
    title: 'Internal error',
    detail: 'The API key could not be checked.',
  },
  'bad-answer': {
    responses: ['INTEGRATION_FAILURE', 'DEFAULT_5XX'],
    status: 502,
    title: 'Internal error',
    detail: 'The function failed or gave no answer that could be passed on.',
  },
  'out-of-time': {
    responses: ['INTEGRATION_TIMEOUT'],
    status: 504,
    title: 'Out of time',
    detail: `There was no answer within ${gateway.timeoutMs / 1000} s.`,
  },
} as const satisfies Record<string, GatewayProblem>;

export type GatewayProblemCode = keyof typeof gatewayProblems;
