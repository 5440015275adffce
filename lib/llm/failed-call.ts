import { Retryable } from '../domain/errors.ts';

interface FailedCallOptions {
  readonly cause?: unknown;
  /** How long to wait before another try: milliseconds, or `default` where the service says nothing. Absent: another would fare no better. */
  readonly retryAfterMs?: number | 'default';
}

/** A call to a language model that gave no answers. Its message never holds what was sent. */
export class FailedCall extends Retryable {
  /**
   * `service`: it is away, overloaded or refuses this process, whoever asks. `time`: it took longer than the call had.
   * `content`: what was sent, or what the model made of it.
   */
  readonly blame: 'service' | 'time' | 'content';
  readonly retryAfterMs: number | 'default' | undefined;

  constructor(blame: FailedCall['blame'], message: string, { cause, retryAfterMs }: FailedCallOptions = {}) {
    super('language-model', message, { cause });
    this.blame = blame;
    this.retryAfterMs = retryAfterMs;
  }
}
