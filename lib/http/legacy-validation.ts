import { InvalidInput, type Issue } from '../domain/errors.ts';

/** An entry of `detail` as FastAPI writes it. */
export interface ValidationDetail {
  readonly type: string;
  /** `["body", "log_entries", 0]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

/** A request that a replaced program would have answered with its 422. */
export class LegacyInvalid extends InvalidInput {
  readonly details: readonly ValidationDetail[];

  constructor(error: InvalidInput) {
    super(error.code, error.message, { cause: error, status: 422, issues: error.issues });
    this.details = toDetails(error);
  }
}

/** On the replaced programs' paths a 400 is their 422, and a 422 says what theirs does; everything else stays what it is. */
export function asLegacyError(error: unknown): unknown {
  const isTheirs = error instanceof InvalidInput && (error.status === 400 || error.status === 422);
  return isTheirs ? new LegacyInvalid(error) : error;
}

function toDetails({ code, message, issues }: InvalidInput): readonly ValidationDetail[] {
  const part = code === 'invalid-query' ? 'query' : 'body';
  if (issues.length === 0) return [{ type: code, loc: [part], msg: message }];
  return issues.map((issue) => ({ type: code, loc: [part, ...steps(issue)], msg: issue.message }));
}

function steps({ path }: Issue): readonly (string | number)[] {
  if (path === '(root)') return [];
  return path.split('.').map((step) => (/^\d{1,9}$/.test(step) ? Number(step) : step));
}
