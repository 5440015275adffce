import { Fault, LogsieveError, Retryable } from '../domain/errors.ts';

const PASSING = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  'KmsThrottled',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

/** Runs a call and translates what it throws; nobody outside lib/aws sees an SDK error. */
export async function translated<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw toLogsieveError(what, error);
  }
}

/** The service does not know what was asked of it: it will not know it later either. */
const NOT_IMPLEMENTED = 501;

/** Throttling, timeouts, broken connections and 5xx can be tried again; all else is ours to mend. */
export function toLogsieveError(what: string, error: unknown): LogsieveError {
  if (error instanceof LogsieveError) return error;
  const passing = isPassingStatus(httpStatus(error)) || PASSING.has(errorName(error));
  const message = `${what}: ${errorName(error)}`;
  return passing && errorName(error) !== 'CredentialsProviderError'
    ? new Retryable('service-unavailable', message, { cause: error })
    : new Fault('service-refused', message, { cause: error });
}

function isPassingStatus(status: number | undefined): boolean {
  return status === undefined || status === 429 || (status >= 500 && status !== NOT_IMPLEMENTED);
}

/** The SDK's name for the error: `NoSuchKey`, `ConditionalCheckFailedException`. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** The HTTP status the service answered with, undefined when it did not answer. */
export function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
