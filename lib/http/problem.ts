import { type Issue, LogsieveError } from '../domain/errors.ts';

/** An RFC 9457 problem document. `type` is stable; a client may switch on it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly issues?: readonly Issue[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'No API key',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Try again later',
  504: 'Out of time',
};

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problemType(code: string): string {
  return `urn:logsieve:problem:${code}`;
}

/** What the client is told of an error. Only `invalid` errors speak for themselves; what is ours to mend, or unknown, is bland. */
export function errorToProblem(error: unknown, requestId: string): Problem {
  if (!(error instanceof LogsieveError) || error.kind === 'fault') {
    const detail = `Something failed on our side. Give the request id ${requestId} when you report it.`;
    return { type: problemType('internal'), title: 'Internal error', status: 500, detail, requestId };
  }
  if (error.kind === 'retryable') {
    const detail = 'A part of the service is busy or does not answer. Try again in a few seconds.';
    return { type: problemType('try-again'), title: 'Try again later', status: 503, detail, requestId };
  }
  return {
    type: problemType(error.code),
    title: TITLES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    requestId,
    ...(error.issues.length > 0 ? { issues: error.issues } : {}),
  };
}
