import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabelledCsv } from '../../models/training/labelled-csv.ts';
import { readArguments } from './arguments.ts';

const GOOD = ['--file', 'f.csv', '--message', 'm', '--label', 'l'];

describe('readArguments', () => {
  it('reads a task, a file and its columns', () => {
    const args = readArguments(['anomaly', ...GOOD, '--positive', '1', '--level', 'lv', '--threshold', '0.7']);

    expect(args).toMatchObject({ task: 'anomaly', file: 'f.csv', positive: '1', threshold: 0.7 });
    expect(args.columns).toEqual({ message: 'm', label: 'l', level: 'lv', source: undefined });
  });

  it.each([
    [[], /^usage: eval/],
    [['both', ...GOOD], /^usage: eval/],
    [['category', '--message', 'm', '--label', 'l'], /^--file is missing/],
    [['category', '--file', 'f', '--label', 'l'], /^--message is missing/],
    [['category', '--file', 'f', '--message', 'm'], /^--label is missing/],
    [['anomaly', ...GOOD], /^--positive is missing/],
    [['anomaly', ...GOOD, '--positive', '1', '--threshold', '2'], /from 0 to 1/],
    [['anomaly', ...GOOD, '--positive', '1', '--threshold', ''], /from 0 to 1/],
    [['category', ...GOOD, 'more'], /one argument too many/],
    [['category', ...GOOD, '--colour', 'red'], /--colour/],
  ])('refuses %j with one sentence', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});

describe('readLabelledCsv', () => {
  async function aFile(content: string): Promise<string> {
    const path = join(await mkdtemp(join(tmpdir(), 'eval-')), 'lines.csv');
    await writeFile(path, content);
    return path;
  }
  const columns = { message: 'text', label: 'kind', level: 'lv' };

  it('reads quoted newlines, a byte order mark and CRLF', async () => {
    const path = await aFile('\ufefftext,kind,lv\r\n"two\nlines",Error,warn\r\n');

    const rows = await readLabelledCsv(path, columns);

    expect(rows).toEqual([{ label: 'Error', record: { source: '', message: 'two\nlines', level: 'warn' } }]);
  });

  it.each([
    ['a missing column', 'text,kind\na,b\n', /has no column lv; it has text, kind/],
    ['a header alone', 'text,kind,lv\n', /has no rows/],
    ['nothing', '', /has no rows/],
    ['ragged rows', 'text,kind,lv\na\n', /cannot be read as CSV with a header/],
  ])('says what is wrong with %s', async (_, content, message) => {
    await expect(readLabelledCsv(await aFile(content), columns)).rejects.toThrow(message);
  });

  it('says that a file is not there', async () => {
    await expect(readLabelledCsv('/no/such/file.csv', columns)).rejects.toMatchObject({ kind: 'invalid' });
  });
});
