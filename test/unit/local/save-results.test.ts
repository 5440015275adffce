import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../../infra/local/listen.ts';
import { resultsFileName, saveResults } from '../../../infra/local/save-results.ts';
import { aFolder } from '../../factories/a-folder.ts';

describe('the name of a saved results file', () => {
  it.each([
    ['app.csv', 'results.csv', 'app.csv'],
    ['app.csv.gz', 'results.csv', 'app.csv'],
    ['app.ndjson', 'results.ndjson', 'app.ndjson'],
    ['app.log', 'results.csv', 'app.log.csv'],
    ['app.log.gz', 'results.csv', 'app.log.csv'],
    ['APP.CSV', 'results.csv', 'APP.csv'],
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

describe('saving results', () => {
  it('of jobs of one name that end at the same time leaves one of them, whole, and nothing beside it', async () => {
    await using folder = await aFolder();
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(1_000_000));
    const server = createServer((request, response) => response.end(texts[Number(request.url?.[1])]));
    const port = await listen(server, 0);

    try {
      const links = texts.map((_, index) => `http://127.0.0.1:${port}/${index}/results.csv`);
      const paths = await Promise.all(links.map((link) => saveResults(folder.path, 'app.csv', link)));

      expect(new Set(paths)).toEqual(new Set([join(folder.path, 'results/app.csv')]));
      expect(texts).toContain(readFileSync(join(folder.path, 'results/app.csv'), 'utf8'));
      expect(readdirSync(join(folder.path, 'results'))).toEqual(['app.csv']);
    } finally {
      await closeServer(server);
    }
  });
});
