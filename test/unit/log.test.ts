import { describe, expect, it } from 'vitest';
import { Fault, InvalidInput, Retryable } from '../../lib/domain/errors.ts';
import { createLog, errorToFields } from '../../lib/log.ts';
import { fakeClock } from '../fakes/clock.ts';

describe('createLog', () => {
  it('writes one JSON object a line', () => {
    const lines: string[] = [];
    const clock = fakeClock();
    const log = createLog({ write: (line) => lines.push(line), clock, fields: { function: 'api' } });

    log('info', 'request', { status: 200, tenant: undefined });
    log('warn', 'bare');

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: clock.now().toISOString(), level: 'info', event: 'request', function: 'api', status: 200 },
      { time: clock.now().toISOString(), level: 'warn', event: 'bare', function: 'api' },
    ]);
  });
});

describe('errorToFields', () => {
  it('says what we said of a fault, and what a service said of its cause', () => {
    const refused = Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException', $metadata: {} });
    const broken = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });

    expect(errorToFields(new Fault('service-refused', 'get item: refused', { cause: refused }))).toMatchObject({
      error: 'Fault',
      code: 'service-refused',
      message: 'get item: refused',
      cause: 'ResourceNotFoundException: no such table',
    });
    expect(errorToFields(new Retryable('busy', 'busy', { cause: broken })).cause).toBe('Error: connect ECONNREFUSED');
  });

  it('leaves out what may repeat a customer’s text: the message of an invalid input and of any foreign error', () => {
    const foreign = new SyntaxError('Unexpected token: a-secret-word\n    at a-secret-word');
    const errors = [
      foreign,
      new InvalidInput('invalid-json', 'a-secret-word', { cause: foreign }),
      new Fault('page', 'ours', { cause: foreign }),
    ];

    const fields = errors.map(errorToFields);

    expect(JSON.stringify(fields)).not.toContain('a-secret-word');
    expect(fields.map(({ stack }) => stack)).toEqual(errors.map(() => expect.stringMatching(/^at /)));
    expect(fields[1]).toMatchObject({ code: 'invalid-json', cause: 'SyntaxError' });
  });

  it('gives no stack whose message it cannot find, and takes what is no error', () => {
    const changed = Object.assign(new Error('another'), { stack: 'Error: a-secret-word\n    at a-secret-word' });

    expect(errorToFields(changed).stack).toBeUndefined();
    expect(errorToFields('a-secret-word')).toMatchObject({ error: 'string', stack: undefined });
  });
});
