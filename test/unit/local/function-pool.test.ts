import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFunctionLog } from '../../../infra/local/function-log.ts';
import { type FunctionPool, openFunctionPool } from '../../../infra/local/function-pool.ts';
import { type RuntimeApi, startRuntimeApi } from '../../../infra/local/runtime-api.ts';
import { aFolder } from '../../factories/a-folder.ts';

describe('function pool', () => {
  let runtime: RuntimeApi;
  let folder: Awaited<ReturnType<typeof aFolder>>;
  const pools: FunctionPool[] = [];

  beforeAll(async () => {
    runtime = await startRuntimeApi();
    folder = await aFolder();
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await runtime.close();
    await folder[Symbol.asyncDispose]();
  });

  function aPool(options: { processes?: number; timeoutSeconds?: number; fixture?: string } = {}): FunctionPool {
    const pool = openFunctionPool({
      name: 'echo',
      topology: { timeoutSeconds: options.timeoutSeconds ?? 10, memoryMb: 256 },
      folder: join(import.meta.dirname, 'fixtures', options.fixture ?? 'echo'),
      environment: { GREETING: 'hello' },
      processes: options.processes ?? 1,
      runtime,
      log: openFunctionLog(join(folder.path, 'logs'), 'echo'),
    });
    pools.push(pool);
    return pool;
  }
  const invoke = async (pool: FunctionPool, event: unknown) => {
    const { ok, body, ...rest } = await pool.invoke(JSON.stringify(event));
    return { ok, body: JSON.parse(body), ...rest };
  };

  it('runs the handler in one warm process', async () => {
    const pool = aPool();

    const [first, second] = [await invoke(pool, { n: 1 }), await invoke(pool, { n: 2 })];

    expect(first).toMatchObject({ ok: true, body: { event: { n: 1 } } });
    expect(second.body.pid).toBe(first.body.pid);
    expect(first.body.pid).not.toBe(process.pid);
  });

  it('gives a process its own environment and nothing of ours', async () => {
    process.env.OUR_SECRET = 'not for functions';

    const { body } = await invoke(aPool(), { do: 'environment' });

    expect(body).toMatchObject({ GREETING: 'hello', AWS_LAMBDA_FUNCTION_NAME: 'echo' });
    expect(body.OUR_SECRET ?? body.HOME).toBeUndefined();
  });

  it('says how much time is left', async () => {
    const { body } = await invoke(aPool(), { do: 'remaining' });

    expect(body.remainingMs).toBeGreaterThan(8_000);
    expect(body.remainingMs).toBeLessThanOrEqual(10_000);
  });

  it('answers with the error that the handler threw, and lives on', async () => {
    const pool = aPool();

    const failed = await invoke(pool, { do: 'throw' });
    const after = await invoke(pool, {});

    expect(failed).toMatchObject({
      ok: false,
      error: 'handled',
      body: { errorType: 'TypeError', errorMessage: 'as asked' },
    });
    expect(after.ok).toBe(true);
  });

  it('notices a death in the middle of an invocation and starts anew', async () => {
    const pool = aPool();

    const failed = await invoke(pool, { do: 'die' });
    const after = await invoke(pool, {});

    expect(failed).toMatchObject({ ok: false, error: 'crashed' });
    expect(after.ok).toBe(true);
  });

  it('ends an invocation and its process at the timeout', async () => {
    const pool = aPool({ timeoutSeconds: 0.3 });
    const before = await invoke(pool, {});

    const late = await invoke(pool, { do: 'sleep', ms: 60_000 });
    const after = await invoke(pool, {});

    expect(late).toMatchObject({ ok: false, error: 'timed-out' });
    expect(after.body.pid).not.toBe(before.body.pid);
  });

  it('reports a bundle that does not load instead of starting it for ever', async () => {
    const failed = await invoke(aPool({ fixture: 'broken' }), {});

    expect(failed).toMatchObject({ ok: false, error: 'init-failed', body: { errorType: 'RangeError' } });
  });

  it('refuses an answer over 6 MB', async () => {
    const pool = aPool();

    const failed = await invoke(pool, { do: 'long', bytes: 7_000_000 });

    expect(failed).toMatchObject({ ok: false, error: 'too-large' });
    expect((await invoke(pool, {})).ok).toBe(true);
  });

  it('runs no more invocations at a time than it has processes', async () => {
    const pool = aPool({ processes: 2 });

    const outcomes = await Promise.all(Array.from({ length: 6 }, (_, n) => invoke(pool, { n })));

    expect(outcomes.map(({ body }) => body.event.n)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(outcomes.map(({ body }) => body.pid)).size).toBeLessThanOrEqual(2);
  });

  it('keeps what a function prints', async () => {
    const pool = aPool();

    await invoke(pool, { do: 'print', text: 'a line for the log' });
    await pool.close();

    expect(await readFile(pool.log.file, 'utf8')).toContain('a line for the log\n');
  });
});
