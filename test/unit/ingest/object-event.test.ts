import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import { dropJobId, keyToPlace, parseObjectEvent } from '../../../lib/ingest/object-event.ts';
import { metadataToWanted } from '../../../lib/ingest/object-metadata.ts';

const aRecord = (key: string, fields: Record<string, unknown> = {}) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'uploads' }, object: { key, size: 1, versionId: 'v1', sequencer: 's1', ...fields } },
});
const anEvent = (...records: unknown[]) => JSON.stringify({ Records: records });

describe('reading S3 events', () => {
  it('a key with +, spaces and non-ASCII is decoded as S3 encodes it', () => {
    const [object] = parseObjectEvent(anEvent(aRecord('incoming/acme/a%2Bb+c+%C3%A9%E2%82%AC%2520.csv')));

    expect(object).toEqual({ bucket: 'uploads', key: 'incoming/acme/a+b c é€%20.csv', version: 'v1', stamp: 'v1' });
  });

  it('takes every created object of an event and nothing else', () => {
    const removed = { ...aRecord('a'), eventName: 'ObjectRemoved:Delete' };
    const completed = { ...aRecord('b'), eventName: 's3:ObjectCreated:CompleteMultipartUpload' };

    expect(parseObjectEvent(anEvent(removed, completed, aRecord('c'))).map(({ key }) => key)).toEqual(['b', 'c']);
  });

  it('tells writings apart by sequencer or etag where there are no versions', () => {
    const stamps = [{ versionId: undefined }, { versionId: undefined, sequencer: undefined, eTag: 'e1' }].map(
      (fields) => parseObjectEvent(anEvent(aRecord('a', fields)))[0]?.stamp,
    );

    expect(stamps).toEqual(['s1', 'e1']);
  });

  it('ignores the test event that S3 sends when it is set up', () => {
    expect(parseObjectEvent(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }))).toEqual([]);
  });

  it.each(['', 'hello', '[]', '{}', '{"Records":[{"eventName":"x"}]}', anEvent(aRecord('%E0%A4%A'))])(
    'a queue message that is not ours is refused: %s',
    (body) => {
      expect(() => parseObjectEvent(body)).toThrow(InvalidInput);
    },
  );
});

describe('whose an object is', () => {
  const jobId = '0123456789abcdefghijklmnop';

  it.each([
    ['incoming/acme/a/b c.csv', { kind: 'drop', tenant: 'acme', name: 'a/b c.csv' }],
    [`incoming/acme/_links/${jobId}/x.csv`, { kind: 'drop', tenant: 'acme', name: 'x.csv', linkedJobId: jobId }],
    ['incoming/acme/', { kind: 'folder' }],
    ['incoming/x.csv', { kind: 'quarantine', why: 'not under incoming/{tenant}/' }],
    ['other/acme/x.csv', { kind: 'quarantine', why: 'not under incoming/{tenant}/' }],
    ['incoming/No Tenant/x.csv', { kind: 'quarantine', why: 'not a tenant' }],
    ['incoming/acme/_links/short/x.csv', { kind: 'quarantine', why: 'not a link of ours' }],
    [`incoming/acme/_links/${jobId}`, { kind: 'quarantine', why: 'not a link of ours' }],
  ])('%s', (key, place) => {
    expect(keyToPlace(key)).toEqual(place);
  });
});

describe('job ids of drops', () => {
  it('the same event twice is one job, the same file dropped twice is two', () => {
    expect(dropJobId('b', 'k', 'v1')).toBe(dropJobId('b', 'k', 'v1'));
    expect(dropJobId('b', 'k', 'v2')).not.toBe(dropJobId('b', 'k', 'v1'));
    expect(dropJobId('b', 'kv', '1')).not.toBe(dropJobId('b', 'k', 'v1'));
  });

  it('are 26 of 0-9 and a-z', () => {
    for (let turn = 0; turn < 200; turn++) expect(dropJobId('b', 'k', String(turn))).toMatch(/^[0-9a-z]{26}$/);
  });
});

describe('object metadata', () => {
  it('names columns, source, format and joining', () => {
    const metadata = {
      'message-column': 'text',
      'Level-Column': 'sev',
      source: 'web',
      format: 'csv',
      join: 'true',
      other: 'x',
    };

    expect(metadataToWanted(metadata)).toEqual({
      columns: { message: 'text', level: 'sev', source: undefined, timestamp: undefined },
      ...{ source: 'web', format: 'csv', joinContinuations: true },
    });
  });

  it('reads what is not ASCII as S3 gives it back', () => {
    expect(metadataToWanted({ 'message-column': '=?UTF-8?B?w6l0YXQ=?=' }).columns?.message).toBe('état');
    expect(metadataToWanted({ source: '=?UTF-8?Q?=C3=A9t_at?=' }).source).toBe('ét at');
  });

  it('wants nothing where nothing is said', () => {
    expect(metadataToWanted({})).toEqual({});
  });

  it('names what it cannot read', () => {
    expect(() => metadataToWanted({ format: 'xml' })).toThrow(/x-amz-meta-format/);
    expect(() => metadataToWanted({ join: 'perhaps' })).toThrow(/x-amz-meta-join/);
    expect(() => metadataToWanted({ 'message-column': '' })).toThrow(/x-amz-meta-message-column/);
  });
});
