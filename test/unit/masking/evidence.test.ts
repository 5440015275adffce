import { describe, expect, it } from 'vitest';
import { maskRecord } from '../../../lib/masking/mask-record.ts';

const evidenceOf = (message: string): string => maskRecord({ source: '', message }).evidence;

describe('evidence', () => {
  it.each([
    // HTTP statuses
    ['upstream answered with status 500', 'http:5xx'],
    ['"GET /a HTTP/1.1" 503 26', 'http:5xx'],
    ['GET /a 200 12ms', 'http:2xx'],
    ['POST https://a.example.com/b 404', 'http:4xx'],
    ['status=503', 'http:5xx'],
    ['HTTP status code - 302', 'http:3xx'],
    ['Return code: 404 len: 7', 'http:4xx'],
    ['RCODE   404', 'http:4xx'],
    ['server responded with 429', 'http:4xx'],
    ['got 404 Not Found', 'http:4xx'],
    ['got 200 OK', 'http:2xx'],
    ['HTTP 101 for an upgrade', 'http:1xx'],
    ['{"msg":"done","res":{"statusCode":502}}', 'http:5xx'],
    ['{"msg":"done","status":"200"}', 'http:2xx'],
    ['level=info msg=done status=404', 'http:4xx'],
    ['wrote 500 rows to port 443', ''],
    ['200 okapis', ''],
    ['status 7 of the lamp', ''],
    ['took 404 steps, code 500', ''],
    // exits
    ['exited with code 0', 'exit:zero'],
    ['exit status 1', 'exit:nonzero'],
    ['process exited, code=exited, status=203', 'exit:nonzero'],
    ['exit code 137', 'exit:nonzero'],
    ['exited with 2', 'exit:nonzero'],
    ['rc=0', 'exit:zero'],
    ['return code 1', 'exit:nonzero'],
    ['failed, errno 13', 'exit:nonzero'],
    ['killed by signal 9', 'exit:nonzero'],
    ['got SIGKILL', 'exit:nonzero'],
    ['got SIGTERM', ''],
    ['{"msg":"done","exit_code":0}', 'exit:zero'],
    ['level=info msg=done rc=3', 'exit:nonzero'],
    // ratios
    ['ready 0/3', 'ratio:none'],
    ['2/3 replicas up', 'ratio:some'],
    ['3 of 3 nodes healthy', 'ratio:all'],
    ['2 out of 5 pods running', 'ratio:some'],
    ['page 3/3', ''],
    ['ready 5/3', ''],
    // percentages
    ['disk usage at 97%', 'percent:full'],
    ['cpu 80%', 'percent:high'],
    ['12 percent of memory used', 'percent:low'],
    ['disk has 3% free', 'percent:full'],
    ['free disk space: 60%', 'percent:low'],
    ['download 97% done', ''],
    // errors that are none
    ['no errors detected', 'zero-errors'],
    ['done without error', 'zero-errors'],
    ['without any errors', 'zero-errors'],
    ['0 errors', 'zero-errors'],
    ['errors=0', 'zero-errors'],
    ['errors: 0, warnings: 3', 'zero-errors'],
    ['errors=0 failed=3', ''],
    ['5 errors', ''],
    ['no space, error', ''],
    // together
    ['"GET /a HTTP/1.1" 500, worker exit code 1, no errors before', 'exit:nonzero,http:5xx,zero-errors'],
  ])('of %j is %j', (message, evidence) => {
    expect(evidenceOf(message)).toBe(evidence);
  });

  it('leaves the pattern alone: two statuses are one pattern with two evidences', () => {
    const good = maskRecord({ source: '', message: 'status 200' });
    const bad = maskRecord({ source: '', message: 'status 500' });

    expect(good.patternId).toBe(bad.patternId);
    expect(good.evidence).not.toBe(bad.evidence);
  });
});
