/** What the caller can do about an error: mend the input, try again, or nothing (ours to mend). */
export type ErrorKind = 'invalid' | 'retryable' | 'fault';

export interface Issue {
  /** Where in the input, as a path: `log_entries.3.source`. */
  readonly path: string;
  readonly message: string;
}

/** The one error base. `code` is stable and kebab-case; it ends the problem document's `type`. */
export class LogsieveError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly status: number;
  readonly issues: readonly Issue[];

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { cause?: unknown; status?: number; issues?: readonly Issue[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.kind = kind;
    this.code = code;
    this.status = options.status ?? { invalid: 400, retryable: 503, fault: 500 }[kind];
    this.issues = options.issues ?? [];
  }
}

export class InvalidInput extends LogsieveError {
  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; status?: number; issues?: readonly Issue[] } = {},
  ) {
    super('invalid', code, message, options);
  }
}

export class Retryable extends LogsieveError {
  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super('retryable', code, message, options);
  }
}

export class Fault extends LogsieveError {
  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super('fault', code, message, options);
  }
}
