import { describe, expect, it } from 'vitest';
import { Fault, InvalidInput, Retryable } from '../../../lib/domain/errors.ts';
import { errorToProblem } from '../../../lib/http/problem.ts';

describe('errorToProblem', () => {
  it('gives an invalid input its code, its sentence and its issues', () => {
    const error = new InvalidInput('too-large', 'The body is over 5 bytes.', {
      status: 413,
      issues: [{ path: 'body', message: 'too long' }],
    });

    expect(errorToProblem(error, 'r1')).toEqual({
      type: 'urn:logsieve:problem:too-large',
      title: 'Too large',
      status: 413,
      detail: 'The body is over 5 bytes.',
      requestId: 'r1',
      issues: [{ path: 'body', message: 'too long' }],
    });
  });

  it('asks to try again where that helps', () => {
    const problem = errorToProblem(new Retryable('busy', 'query: a-secret-table'), 'r1');

    expect(problem).toMatchObject({ status: 503, type: 'urn:logsieve:problem:try-again', requestId: 'r1' });
    expect(problem.detail).toContain('Try again');
    expect(problem.detail).not.toContain('secret');
  });

  it.each([new Fault('disk', 'secret path'), new Error('secret path'), 'secret path', undefined])(
    'says nothing of a fault but the request id (%s)',
    (error) => {
      const problem = errorToProblem(error, 'r1');

      expect(problem.status).toBe(500);
      expect(JSON.stringify(problem)).not.toContain('secret');
      expect(problem.detail).toContain('r1');
    },
  );
});
