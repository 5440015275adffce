import { InvalidInput, type Issue } from '../domain/errors.ts';

/** A problem that comes with headers of its own: `Allow`, `Retry-After`. */
export class ProblemError extends InvalidInput {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: { status: number; headers: Readonly<Record<string, string>>; issues?: readonly Issue[] },
  ) {
    super(code, message, options);
    this.headers = options.headers;
  }
}
