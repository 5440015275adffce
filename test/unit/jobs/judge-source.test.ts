import { expect, it } from 'vitest';
import { readSmallSource } from '../../../lib/jobs/judge-source.ts';

it('a small file of very many rows is none to be judged at once', async () => {
  const bytes = Buffer.from(`log_message\n${'a\n'.repeat(200_000)}`);

  expect(await readSmallSource({ name: 'rows.csv', bytes }, {})).toBeUndefined();
});
