import { describe, expect, it } from 'vitest';
import { eventToRequest, jsonReply, requireScope } from '../../../lib/http/api-request.ts';
import { anApiEvent } from '../../factories/api.ts';

const caller = { tenant: 'acme', keyId: 'key-1', scopes: ['read'] };

describe('eventToRequest', () => {
  it('decodes the body that the gateway sends in base64, byte for byte', () => {
    const body = Buffer.from([0x1f, 0x8b, 0x00, 0xff]);

    expect(Buffer.from(eventToRequest(anApiEvent({ body }), caller).body)).toEqual(body);
  });

  it('takes a body as text where it says that it is', () => {
    const event = { ...anApiEvent({}), body: 'café', isBase64Encoded: false };

    expect(Buffer.from(eventToRequest(event, caller).body).toString()).toBe('café');
  });

  it('reads absent parts as empty, headers too: the test console sends null', () => {
    const event = { ...anApiEvent({ method: 'GET', path: '/v1/jobs' }), ...JSON.parse('{"headers":null}') };

    expect(eventToRequest(event, caller)).toMatchObject({
      method: 'GET',
      path: '/v1/jobs',
      requestId: 'request-1',
      params: {},
      query: {},
      headers: {},
      caller,
    });
    expect(eventToRequest(event, caller).body).toHaveLength(0);
  });
});

describe('requireScope', () => {
  it('gives the caller that the authorizer named', () => {
    expect(requireScope(anApiEvent({ scopes: 'ingest read' }), 'read')).toEqual({
      tenant: 'acme',
      keyId: 'key-1',
      scopes: ['ingest', 'read'],
    });
    expect(requireScope(anApiEvent({ scopes: 'admin' }), 'read').scopes).toEqual(['admin']);
  });

  it.each(['', 'ingest', 'reader', 'read-all', 'READ'])('refuses the scopes "%s" with 403', (scopes) => {
    expect(() => requireScope(anApiEvent({ scopes }), 'read')).toThrow(expect.objectContaining({ status: 403 }));
  });

  it('refuses a context that names no tenant of ours with 401', () => {
    expect(() => requireScope(anApiEvent({}), 'read')).toThrow(expect.objectContaining({ status: 401 }));
    expect(() => requireScope(anApiEvent({ scopes: 'read', tenant: 'a#b' }), 'read')).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });
});

describe('jsonReply', () => {
  it('is JSON in UTF-8, with more headers where asked', () => {
    expect(jsonReply(202, { a: 'é' }, { 'x-more': '1' })).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-more': '1' },
      body: '{"a":"é"}',
    });
  });
});
