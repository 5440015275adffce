/**
 * What the gateway itself answers before any function is asked, as the problem documents the service speaks
 * (lib/http/problem.ts). A known path with an unknown method has no answer of its own and is called a missing token.
 */
export interface GatewayProblem {
  /** API Gateway's name of the response. */
  readonly response: string;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

const KEY_HINT = 'Send an API key in the header x-api-key.';

export const gatewayProblems: readonly GatewayProblem[] = [
  { response: 'UNAUTHORIZED', status: 401, code: 'no-key', title: 'No API key', detail: KEY_HINT },
  {
    response: 'ACCESS_DENIED',
    status: 403,
    code: 'key-refused',
    title: 'Not allowed',
    detail: 'The API key is unknown or was revoked.',
  },
  {
    response: 'MISSING_AUTHENTICATION_TOKEN',
    status: 404,
    code: 'no-such-route',
    title: 'Not found',
    detail: 'There is no such route, or not with this method.',
  },
  {
    response: 'REQUEST_TOO_LARGE',
    status: 413,
    code: 'too-large',
    title: 'Too large',
    detail: 'The body is over 10 MB. Send up to 4 MB at once, or ask POST /v1/uploads for a link.',
  },
  {
    response: 'THROTTLED',
    status: 429,
    code: 'too-many-requests',
    title: 'Too many requests',
    detail: 'Wait a moment and send the request again.',
  },
  {
    response: 'INTEGRATION_TIMEOUT',
    status: 504,
    code: 'out-of-time',
    title: 'Out of time',
    detail: 'There was no answer within 29 s. Send fewer records at once, or a batch.',
  },
  {
    response: 'DEFAULT_4XX',
    status: 400,
    code: 'bad-request',
    title: 'Bad request',
    detail: 'The gateway could not read the request.',
  },
  {
    response: 'DEFAULT_5XX',
    status: 500,
    code: 'internal',
    title: 'Internal error',
    detail: 'Something failed on our side. Give the request id when you report it.',
  },
];
