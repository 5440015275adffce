import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { subscriptionPayload } from '../../../events/sample/aws-events.ts';
import { sampleFiles } from '../../../events/sample/compose.ts';
import { hostileLines, raggedRows } from '../../../events/sample/hostile.ts';
import { chunkSchema, finishedSchema } from '../../../lib/domain/chunk.ts';

const committed = (name: string): string => readFileSync(new URL(`../../../events/${name}`, import.meta.url), 'utf8');
const rows = (name: string) => z.array(z.array(z.string())).parse(parse(committed(name), { relax_column_count: true }));
const bodies = (name: string): unknown[] =>
  z
    .object({ Records: z.array(z.object({ body: z.string() })) })
    .parse(JSON.parse(committed(name)))
    .Records.map(({ body }) => JSON.parse(body));

describe('the sample files', () => {
  it('are what their generator writes, byte for byte', () => {
    const files = sampleFiles();

    for (const [name, text] of Object.entries(files)) expect(committed(name) === text, name).toBe(true);
  });

  it('hold thousands of records of many systems, hostile and ragged ones among them', () => {
    const [header, ...records] = rows('sample.csv');

    expect(header).toEqual(['timestamp', 'source', 'level', 'log_message']);
    expect(records.length).toBeGreaterThan(2_500);
    expect(new Set(records.map(([, source]) => source)).size).toBeGreaterThanOrEqual(18);
    expect(records.filter(([, source]) => source === 'public-form').map(([, , , message]) => message)).toEqual(
      hostileLines.map(({ message }) => message),
    );
    expect(records.filter((fields) => fields.length !== 4)).toHaveLength(2);
    for (const ragged of raggedRows) expect(committed('sample.csv')).toContain(`\n${ragged}\n`);
  });

  it('stay text for git, which looks for a NUL in the first 8,000 bytes', () => {
    expect(committed('sample.csv').indexOf('\u0000')).toBeGreaterThan(8_000);
  });

  it('know the label and the anomaly of 300 lines, all nine labels among them', () => {
    const [, ...records] = rows('labelled.csv');

    expect(records).toHaveLength(300);
    expect(new Set(records.map(([, , , label]) => label)).size).toBe(9);
    expect(new Set(records.map(([, , , , anomaly]) => anomaly))).toEqual(new Set(['yes', 'no']));
  });

  it('hold queue bodies that our schemas accept', () => {
    const [chunk] = bodies('sqs-chunk.json');
    const [finished] = bodies('sqs-finished.json');

    expect(chunkSchema.parse(chunk)).toMatchObject({ tenant: 'acme', chunk: 0 });
    expect(finishedSchema.parse(finished)).toMatchObject({ tenant: 'acme', segment: 0 });
  });

  it('hold a subscription event whose data is the gzip of the readable payload', () => {
    const event = z
      .object({ awslogs: z.object({ data: z.base64() }) })
      .parse(JSON.parse(committed('cloudwatch-logs-subscription.json')));

    const payload: unknown = JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString());

    expect(payload).toEqual(subscriptionPayload);
  });
});
