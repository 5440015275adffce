import { describe, expect, it } from 'vitest';
import { fixedCorsHeaders } from '../../../lib/http/cors.ts';

describe('what the deployed gateway’s own refusals tell a page of another origin', () => {
  it('is nothing by default', () => {
    expect(fixedCorsHeaders([])).toEqual({});
  });

  it('is that the one origin may read them', () => {
    const headers = fixedCorsHeaders(['https://logs.example.org']);

    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://logs.example.org' });
    expect(headers['access-control-expose-headers']).toContain('retry-after');
  });

  it('is that any may read them where there are several, and never that a page may send its cookies', () => {
    const headers = fixedCorsHeaders(['https://logs.example.org', 'https://ops.example.org']);

    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(Object.keys(headers)).not.toContain('access-control-allow-credentials');
  });
});
