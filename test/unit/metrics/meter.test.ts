import { describe, expect, it } from 'vitest';
import { openMeter } from '../../../lib/metrics/meter.ts';
import { readSums, toJsonMetrics, toPrometheus } from '../../../lib/metrics/render.ts';

function counted() {
  const meter = openMeter();
  meter.count('requests', ['GET /v1/jobs', '200'], 3);
  meter.count('requests', ['GET /v1/jobs', '429']);
  meter.count('llmMicroUsd', [], 1_500);
  for (const ms of [0.5, 3, 3, 80, 60_000]) meter.observeMs('requestMs', ['GET /v1/jobs'], ms);
  return meter;
}

describe('a meter', () => {
  it('gives what was counted since it was last asked', () => {
    const meter = counted();

    const first = meter.drain();
    meter.count('chunks', ['processed']);

    expect(first.get('requests|GET /v1/jobs|200')).toBe(3);
    expect([...meter.drain()]).toEqual([['chunks|processed', 1]]);
  });

  it('holds no series for a label that is none of ours, and only so many', () => {
    const meter = openMeter();

    meter.count('chunks', ['a|b']);
    meter.count('chunks', ['x'.repeat(500)]);
    for (let invented = 0; invented < 5_000; invented += 1) meter.count('chunks', [`made up ${invented}`]);

    const sums = meter.drain();
    expect(sums.get('chunks|other')).toBe(2);
    expect(sums.size).toBe(2_000);
    expect(() => meter.count('no such metric', [])).toThrow(RangeError);
  });
});

describe('the text for Prometheus', () => {
  const text = toPrometheus(readSums(counted().drain()));

  it('says help and type of each metric, then its series', () => {
    expect(text).toContain(
      '# HELP logsieve_requests_total Requests answered.\n# TYPE logsieve_requests_total counter\nlogsieve_requests_total{route="GET /v1/jobs",status="200"} 3\nlogsieve_requests_total{route="GET /v1/jobs",status="429"} 1\n',
    );
    expect(text).toContain('logsieve_llm_spend_usd_total 0.0015\n');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('adds buckets up to the last, which has no end', () => {
    const bucket = (le: string, count: number) =>
      `logsieve_request_duration_seconds_bucket{route="GET /v1/jobs",le="${le}"} ${count}\n`;

    expect(text).toContain('# TYPE logsieve_request_duration_seconds histogram\n');
    expect(text).toContain(bucket('0.001', 1) + bucket('0.0025', 1) + bucket('0.005', 3));
    expect(text).toContain(bucket('20', 4) + bucket('+Inf', 5));
    expect(text).toContain('logsieve_request_duration_seconds_sum{route="GET /v1/jobs"} 60.0865\n');
    expect(text).toContain('logsieve_request_duration_seconds_count{route="GET /v1/jobs"} 5\n');
  });

  it('is made of lines of the format, whatever the labels hold', () => {
    const meter = openMeter();
    meter.count('requests', ['GET "\\', '200']);

    const lines = toPrometheus(readSums(meter.drain())).split('\n').slice(0, -1);

    const line = /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? [\d.e+-]+)$/;
    expect(lines.filter((each) => !line.test(each))).toEqual([]);
  });

  it('leaves out series that no metric is known for', () => {
    const sums = new Map([
      ['gone|x', 1],
      ['requests', 1],
    ]);

    expect(toPrometheus(readSums(sums))).not.toMatch(/gone|requests_total[{ ]\d/);
  });
});

describe('the numbers as JSON', () => {
  it('hold counts, and quantiles between the ends of a bucket', () => {
    const metrics = toJsonMetrics(readSums(counted().drain()));

    const duration = metrics.find(({ name }) => name === 'logsieve_request_duration_seconds');
    expect(duration?.series).toEqual([
      {
        labels: { route: 'GET /v1/jobs' },
        count: 5,
        sum: 60.0865,
        p50: expect.closeTo(0.004_375, 6),
        p95: 20,
        p99: 20,
      },
    ]);
    expect(metrics.find(({ name }) => name === 'logsieve_dead_letters_total')?.series).toEqual([]);
  });
});
