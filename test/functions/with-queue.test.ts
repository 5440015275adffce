import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { withQueue } from '../../functions/with-queue.ts';
import { Fault, InvalidInput, Retryable } from '../../lib/domain/errors.ts';
import { aContext } from '../factories/api.ts';
import { anSqsEvent } from '../factories/events.ts';

const schema = z.object({ number: z.int() });

describe('withQueue', () => {
  it('handles each message and returns the ids of those to come again', async () => {
    const seen: number[] = [];
    const logged: string[] = [];
    const handler = withQueue(
      schema,
      async ({ number }) => {
        seen.push(number);
        if (number === 1) throw new Retryable('busy', 'busy');
        if (number === 2) throw new Fault('broken', 'broken');
        if (number === 3) throw new InvalidInput('wrong', 'wrong');
        if (number === 4) throw new TypeError('a bug');
        return number === 5 ? 'later' : undefined;
      },
      { log: (_level, event) => logged.push(event) },
    );

    const response = await handler(
      anSqsEvent(...[0, 1, 2, 3, 4, 5].map((number) => `{"number":${number}}`)),
      aContext(),
    );

    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m1', 'm2', 'm4', 'm5']);
    expect(logged).toHaveLength(4);
  });

  it('acknowledges a message that is not ours, whatever it is, and never logs its body', async () => {
    const logged: string[] = [];
    const handler = withQueue(schema, () => Promise.reject(new Error('never called')), {
      log: (...line) => logged.push(JSON.stringify(line)),
    });

    const response = await handler(anSqsEvent('secret', '{"number":"secret"}', 'null', '[]', ''), aContext());

    expect(response.batchItemFailures).toEqual([]);
    expect(logged).toHaveLength(5);
    expect(logged.join()).not.toContain('secret');
  });

  it('says of an error what helps and nothing that may hold a line', async () => {
    const logged: Record<string, unknown>[] = [];
    const handler = withQueue(
      z.unknown(),
      async (body) => {
        JSON.parse(`a-secret-word\n    at a line that looks like a place ${body}`);
        return undefined;
      },
      { log: (_level, _event, fields) => logged.push({ ...fields }) },
    );

    const response = await handler(anSqsEvent('"x"'), aContext());

    expect(response.batchItemFailures).toHaveLength(1);
    expect(logged).toMatchObject([{ messageId: 'm0', receives: 1, error: 'SyntaxError' }]);
    expect(logged[0]?.stack).toMatch(/^at .*with-queue/);
    expect(JSON.stringify(logged)).not.toMatch(/a-secret-word|looks like/);
  });
});
