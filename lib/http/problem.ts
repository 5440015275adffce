import { type Issue, LogsieveError } from '../domain/errors.ts';
import { LegacyInvalid, type ValidationDetail } from './legacy-validation.ts';

/** An RFC 9457 problem document. `type` is stable; a client may switch on it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A list on the replaced programs' paths where the request was not as expected: their clients read FastAPI's `detail`. */
  readonly detail: string | readonly ValidationDetail[];
  readonly requestId: string;
  /** What `detail` says elsewhere, where it is a list. */
  readonly message?: string;
  readonly issues?: readonly Issue[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'No API key',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  412: 'Changed since',
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
    detail: error instanceof LegacyInvalid ? error.details : error.message,
    requestId,
    ...(error instanceof LegacyInvalid ? { message: error.message } : {}),
    ...(error.issues.length > 0 ? { issues: error.issues } : {}),
  };
}
