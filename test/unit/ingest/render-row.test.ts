import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../lib/domain/job.ts';
import type { Verdict } from '../../../lib/domain/verdict.ts';
import { parseFields } from '../../../lib/ingest/csv-fields.ts';
import { createRowRenderer, type RowOutcome, renderHeader } from '../../../lib/ingest/render-row.ts';
import type { SourceRow } from '../../../lib/ingest/row-reader.ts';
import { VERDICT_COLUMNS } from '../../../lib/ingest/verdict-columns.ts';

const csv: Layout = {
  format: 'csv',
  delimiter: ';',
  header: ['message', 'a;b'],
  columns: { message: 'message' },
  joinContinuations: false,
  defaultSource: '',
};
const ndjson: Layout = { format: 'ndjson', columns: {}, joinContinuations: false, defaultSource: '' };
const log: Layout = { ...ndjson, format: 'log' };

const verdict: Verdict = {
  category: 'Security Alert',
  confidence: 0.98766,
  anomaly: { score: 0.5, isAnomaly: true, threshold: 0.5 },
  severity: 'error',
  stage: 'rule',
  model: { id: 'rules', version: '1' },
  reason: 'rule login-failed',
  patternId: '0123456789abcdef',
  pattern: 'x',
};

const aRow = (text: string, rejection?: string): SourceRow => {
  const place = { row: 17, line: 19, text, bytes: Buffer.byteLength(text) };
  return rejection === undefined ? { ...place, record: { source: '', message: text } } : { ...place, rejection };
};
const render = (layout: Layout, text: string, outcome: RowOutcome = { verdict }) =>
  createRowRenderer(layout)(aRow(text, 'rejection' in outcome ? outcome.rejection : undefined), outcome);

const judged = 'Security Alert;0.9877;true;0.5;error;rule;0123456789abcdef;rule login-failed\n';

describe('rendering CSV', () => {
  it("adds our columns to the header, in order, in the owner's delimiter", () => {
    expect(renderHeader(csv)).toBe(
      'message;"a;b";target_label;confidence;is_anomaly;anomaly_score;severity;stage;pattern_id;reason\n',
    );
  });

  it('prefixes a column of ours that the owner has', () => {
    expect(renderHeader({ ...csv, header: ['message', 'Reason'] })).toMatch(
      /^message;Reason;target_label.*;logsieve_reason\n$/,
    );
  });

  it('gives a results file that is sent in again, and again, names of its own', () => {
    const twice = renderHeader(csv).trimEnd().split(';');
    const thrice = renderHeader({ ...csv, header: twice })
      .trimEnd()
      .split(';');

    const names = renderHeader({ ...csv, header: thrice })
      .trimEnd()
      .split(';');

    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(-8)).toEqual(VERDICT_COLUMNS.map((name) => `logsieve_2_${name}`));
  });

  it('passes plain text on as it is and fills up missing fields', () => {
    expect(render(csv, 'text;x')).toBe(`text;x;${judged}`);
    expect(render(csv, 'text')).toBe(`text;;${judged}`);
  });

  it('writes quotes anew so that every reader sees the same fields', () => {
    const text = 'a"b;"c"d';

    expect(parseFields(render(csv, text).trimEnd(), ';').slice(0, 2)).toEqual(parseFields(text, ';'));
    expect(render(csv, text)).toBe(`"a""b";"cd";${judged}`);
    expect(render(csv, 'a\rb;c')).toBe(`"a\rb";"c";${judged}`);
  });

  it('a rejected row keeps its text, what is too much in the last column, and says why with row and line', () => {
    expect(render(csv, 'a;b;c;d', { rejection: '4 fields where the header has 2' })).toBe(
      '"a";"b;c;d";;;;;;;;rejected row 17 (line 19): 4 fields where the header has 2\n',
    );
  });

  it('a row of a failed chunk says so', () => {
    expect(render(csv, 'a;b', { failure: 'the chunk failed' })).toBe(
      'a;b;;;;;;;;not classified, row 17 (line 19): the chunk failed\n',
    );
  });

  it('CSV injection: our fields never begin a formula', () => {
    const evil = { ...verdict, category: '=cmd()', reason: '@sum\n-1' };

    expect(render(csv, 'a;b', { verdict: evil })).toContain(`;'=cmd();`);
    expect(render(csv, 'a;b', { verdict: evil })).toContain(`;"'@sum\n-1"\n`);
  });

  it('one renderer writes many rows, each with its own verdict', () => {
    const render = createRowRenderer(csv);
    const other = { ...verdict, category: 'User Action' };

    const rows = [verdict, other, verdict].map((each) => render(aRow('text;x'), { verdict: each }));

    expect(rows).toEqual([
      `text;x;${judged}`,
      `text;x;${judged.replace('Security Alert', 'User Action')}`,
      `text;x;${judged}`,
    ]);
  });
});

describe('rendering a plain log', () => {
  it('is CSV with the text as log_message', () => {
    expect(renderHeader(log)).toMatch(/^log_message,target_label,/);
    expect(render(log, 'a "b", c\n\tat d')).toMatch(/^"a ""b"", c\n\tat d",Security Alert,0.9877,/);
  });

  it.each([`=1+cmd|' /C calc'!A0`, '@SUM(A1)', '+1', '-1, and more', '\tat a.B', '="a"'])(
    'CSV injection: no text begins a formula, as %j would',
    (text) => {
      const fields = parseFields(render(log, text).trimEnd(), ',');

      expect(fields[0]).toBe(`'${text}`);
      expect(fields).toHaveLength(9);
    },
  );
});

describe('rendering NDJSON', () => {
  const ours = '"target_label":"Security Alert","confidence":0.9877,"is_anomaly":true,"anomaly_score":0.5';

  it("has no header and splices our keys into the owner's text", () => {
    expect(renderHeader(ndjson)).toBe('');
    const line = render(ndjson, '{"message":"x}", "n": 1.0e400 } ');
    expect(line).toMatch(/^\{"message":"x\}", "n": 1\.0e400 ,"target_label":/);
    expect(line).toContain(ours);
    expect(line.endsWith('"reason":"rule login-failed"} \n')).toBe(true);
  });

  it('makes an object of a string', () => {
    expect(render(ndjson, '"te\\"xt"')).toMatch(/^\{"message":"te\\"xt","target_label":/);
  });

  it('prefixes a key of ours that the object has, not one that only a value mentions', () => {
    expect(JSON.parse(render(ndjson, '{"message":"x","reason":"mine"}'))).toMatchObject({
      reason: 'mine',
      logsieve_reason: 'rule login-failed',
    });
    expect(render(ndjson, '{"message":"\\"stage\\"","a":{"stage":1}}')).toContain(',"stage":"rule"');
  });

  it.each([
    ['that has the prefixed key too', '{"message":"x","stage":"mine","logsieve_stage":"mine"}', 'logsieve_2_stage'],
    ['whose key is spelt with an escape', '{"message":"x","st\\u0061ge":"mine"}', 'logsieve_stage'],
    ['whose every letter is one', '{"message":"x","\\u0073\\u0074\\u0061\\u0067\\u0065":"mine"}', 'logsieve_stage'],
    ['whose underscore is one', '{"message":"x","is\\u005Fanomaly":"mine"}', 'logsieve_is_anomaly'],
  ])('has no key twice in an object %s', (_, text, key) => {
    const line = render(ndjson, text);

    const owners = Object.keys(JSON.parse(text));
    expect(Object.keys(JSON.parse(line))).toHaveLength(owners.length + VERDICT_COLUMNS.length);
    expect(JSON.parse(line)).toMatchObject({ ...JSON.parse(text), [key]: expect.anything() });
  });

  it('a rejected line is shown whole with row, line and reason', () => {
    expect(JSON.parse(render(ndjson, '{broken', { rejection: 'not JSON' }))).toEqual({
      ...{ row: 17, line: 19, raw: '{broken', reason: 'rejected row 17 (line 19): not JSON' },
    });
  });

  it('a row of a failed chunk keeps its object; one that was not read has none', () => {
    expect(JSON.parse(render(ndjson, '{"message":"x"}', { failure: 'it failed' }))).toMatchObject({
      ...{ message: 'x', target_label: null, reason: 'not classified, row 17 (line 19): it failed' },
    });
    const unread = createRowRenderer(ndjson)(aRow('17', 'a number'), { failure: 'it failed' });
    expect(JSON.parse(unread)).toMatchObject({ raw: '17', reason: 'not classified, row 17 (line 19): it failed' });
  });
});
