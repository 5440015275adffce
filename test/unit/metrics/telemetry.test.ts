import { describe, expect, it } from 'vitest';
import { openTelemetry } from '../../../lib/metrics/telemetry.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryMetricStore, memoryUsageStore } from '../../fakes/telemetry-stores.ts';

function aProcess() {
  const clock = fakeClock();
  const metrics = memoryMetricStore();
  const usage = memoryUsageStore();
  const logged: string[] = [];
  const log = (_level: string, event: string) => void logged.push(event);
  return { clock, metrics, usage, logged, telemetry: openTelemetry({ clock, metrics, usage, log }) };
}
const acme = { tenant: 'acme', keyId: 'k1' };

describe('telemetry', () => {
  it('writes once a minute however much there is to count', async () => {
    const { clock, metrics, telemetry } = aProcess();

    for (let request = 0; request < 120; request += 1) {
      telemetry.meter.count('requests', ['GET /health', '200']);
      await telemetry.flushIfDue();
      clock.advance(1_000);
    }
    await telemetry.flushIfDue();

    expect(metrics.writes()).toBe(3);
    expect([...(await metrics.read()).values()]).toEqual([120]);
  });

  it('counts use for whom the work is done', async () => {
    const { usage, telemetry } = aProcess();

    telemetry.used({ requests: 1 }, acme);
    await telemetry.onBehalf({ tenant: 'other', keyId: 'drops' }, async () => {
      await Promise.resolve();
      telemetry.used({ llmCalls: 1, llmMicroUsd: 7 });
    });
    telemetry.used({ lines: 5 });
    await telemetry.flushIfDue();

    const [own] = await usage.read('acme', '2026-03-01', '2026-03-01');
    const [other] = await usage.read('other', '2026-03-01', '2026-03-01');
    expect(own).toMatchObject({ ...acme, day: '2026-03-01', use: { requests: 1, lines: 0 } });
    expect(other).toMatchObject({ keyId: 'drops', use: { llmCalls: 1, llmMicroUsd: 7 } });
  });

  it('never throws, and keeps the use that could not be written', async () => {
    const { clock, metrics, usage, logged } = aProcess();
    let isDown = true;
    const down = async () => {
      if (isDown) throw new Error('down');
    };
    const telemetry = openTelemetry({
      clock,
      log: (_level, event) => void logged.push(event),
      metrics: { add: down },
      usage: { add: async (of, use) => down().then(() => usage.add(of, use)) },
    });

    telemetry.meter.count('requests', ['GET /health', '200']);
    telemetry.used({ lines: 3 }, acme);
    await telemetry.flushIfDue();
    isDown = false;
    clock.advance(60_000);
    await telemetry.flushIfDue();

    expect(logged).toEqual(['metrics-unwritten']);
    expect(metrics.writes()).toBe(0);
    expect((await usage.read('acme', '2026-03-01', '2026-03-02')).map(({ use }) => use.lines)).toEqual([3]);
  });
});
