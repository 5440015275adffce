import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultsFileName } from '../../../infra/local/save-results.ts';

describe('the name of a saved results file', () => {
  it.each([
    ['app.csv', 'results.csv', 'app.csv'],
    ['app.csv.gz', 'results.csv', 'app.csv'],
    ['app.ndjson', 'results.ndjson', 'app.ndjson'],
    ['syslog.log', 'results.csv', 'syslog.csv'],
    ['week 7/grüße +1.csv', 'results.csv', 'week 7_grüße +1.csv'],
    ['../../etc/passwd', 'results.csv', '_._.._etc_passwd.csv'],
    ['.csv', 'results.csv', 'results.csv'],
  ])('of %j with %s is %j', (name, key, expected) => {
    expect(resultsFileName(name, `/data/local/jobs/1/0/${key}`)).toBe(expected);
  });

  it('is one visible file name that any file system takes, whatever the job is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (name) => {
        const file = resultsFileName(name, 'results.csv');

        expect(file).not.toMatch(/^\.|[/\\\p{C}]/u);
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
      }),
    );
  });
});
