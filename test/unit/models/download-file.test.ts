import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Downloading, downloadFile } from '../../../infra/models/download-file.ts';
import { aFolder } from '../../factories/a-folder.ts';
import { type HubAnswer, type HubRequest, type ModelHub, startModelHub } from '../../fakes/model-hub.ts';

const CONTENT = randomBytes(200_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
/** Long enough for a busy machine, where a test is not about silence. */
const STALL_MS = 10_000;
const SHORT_STALL_MS = 700;

let hub: ModelHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

const downloading: Downloading = {
  proxy: {},
  stallMs: STALL_MS,
  pause: async () => {},
  requireSpace: async () => {},
  onBytes: () => {},
};

/** A hub with one file, and the download of it into a folder of its own. */
async function aDownload(
  answer: (request: HubRequest, turn: number) => HubAnswer,
  known: { sha256?: string; bytes?: number } = { sha256: SHA256, bytes: CONTENT.length },
) {
  const folder = await aFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const started = await startModelHub({ '/model.onnx': CONTENT }, answer);
  hub = started;
  const path = join(folder.path, 'model.onnx');
  return {
    path,
    hub: started,
    run: (change: Partial<Downloading> = {}) =>
      downloadFile({ url: new URL(`${started.url}/model.onnx`), path, ...known }, { ...downloading, ...change }),
    left: () => readdir(folder.path),
  };
}

/** Whole, alone in its folder, byte for byte. */
async function expectWhole({ path, left }: { path: string; left: () => Promise<string[]> }) {
  expect((await readFile(path)).equals(CONTENT)).toBe(true);
  expect(await left()).toEqual(['model.onnx']);
}

describe('downloadFile', () => {
  it('brings a file and says what it is', async () => {
    const download = await aDownload(() => 'serve');

    expect(await download.run()).toEqual({ sha256: SHA256, bytes: CONTENT.length });
    await expectWhole(download);
  });

  it('goes on where the line was cut, however often, and fetches no byte twice', async () => {
    const download = await aDownload((_, turn) => (turn < 8 ? { dropAfter: 20_000 } : 'serve'));

    await download.run();

    await expectWhole(download);
    expect(download.hub.requests.at(-1)?.range).toBe('bytes=160000-');
    expect(download.hub.sent()).toBe(CONTENT.length);
  });

  it('goes on after a server that fell silent, before and within the body', async () => {
    const download = await aDownload((_, turn) =>
      turn === 0 ? 'stall' : turn === 1 ? { stallAfter: 50_000 } : 'serve',
    );

    await download.run({ stallMs: SHORT_STALL_MS });

    await expectWhole(download);
    expect(download.hub.requests.map(({ range }) => range)).toContain('bytes=50000-');
  });

  it.each<[string, HubAnswer]>([
    ['ignores the range', 'ignore-range'],
    ['answers another range', 'other-range'],
    ['has none such any more', { status: 416 }],
    ['is overloaded', { status: 503 }],
    ['claims more than it has', { claim: 300_000 }],
    ['claims less than it has', { claim: 60_000 }],
  ])('ends well with a server that once %s', async (_, second) => {
    const download = await aDownload((_request, turn) =>
      turn === 0 ? { dropAfter: 70_000 } : turn === 1 ? second : 'serve',
    );

    await download.run();

    await expectWhole(download);
  });

  it('follows redirects, and from https never to http', async () => {
    const download = await aDownload(({ path }) => (path === '/model.onnx' ? { redirect: '/elsewhere' } : 'serve'));
    const circle = await aDownload(() => ({ redirect: '/model.onnx' }));

    await expect(download.run()).rejects.toThrow('404');
    await expect(circle.run()).rejects.toThrow('redirects more than 5 times');
  });

  it('throws wrong bytes away and asks once more, for all of them', async () => {
    const download = await aDownload((_, turn) => (turn === 0 ? { bytes: randomBytes(CONTENT.length) } : 'serve'));

    await download.run();

    await expectWhole(download);
  });

  it('refuses a server that goes on serving wrong bytes, and leaves nothing behind', async () => {
    const download = await aDownload(() => ({ bytes: Buffer.alloc(CONTENT.length) }));

    await expect(download.run()).rejects.toThrow(/serves other bytes than it should: sha256 [0-9a-f]{64}, wanted/);
    expect(await download.left()).toEqual([]);
  });

  it('refuses a file of another length than the manifest says', async () => {
    const download = await aDownload(() => ({ bytes: Buffer.from('<html>sign in to the network</html>') }));

    await expect(download.run()).rejects.toThrow('it has 35 bytes, 200000 are wanted: another file');
    expect(await download.left()).toEqual([]);
  });

  it('does not join the halves of two files where the digest is not known', async () => {
    const other = randomBytes(CONTENT.length);
    const download = await aDownload((_, turn) => (turn === 0 ? { bytes: other, dropAfter: 70_000 } : 'serve'), {});

    const { sha256 } = await download.run();

    expect(sha256).toBe(SHA256);
    await expectWhole(download);
  });

  it('takes a file of unknown length in pieces', async () => {
    const download = await aDownload(() => 'chunked', {});

    expect(await download.run()).toEqual({ sha256: SHA256, bytes: CONTENT.length });
  });

  it('begins again where a part of unknown origin lies about', async () => {
    const download = await aDownload(() => 'serve', {});
    await writeFile(`${download.path}.part`, 'something else');

    await download.run();

    await expectWhole(download);
  });

  it('mends a part whose bytes were spoilt on the disk', async () => {
    const download = await aDownload((_, turn) => (turn === 0 ? { dropAfter: 30_000 } : 'serve'));
    const stop = {
      pause: async () => {
        throw new Error('killed');
      },
    };
    await expect(download.run(stop)).rejects.toThrow('killed');
    await writeFile(`${download.path}.part`, randomBytes(30_000));

    await download.run();

    await expectWhole(download);
  });

  it('says at once what no further try can mend', async () => {
    const gone = await aDownload(() => ({ status: 404 }));
    await expect(gone.run()).rejects.toThrow('answers 404: there is no such file.');
    expect(gone.hub.requests).toHaveLength(1);
  });

  it('gives up a server that brings nothing five times, with what it said', async () => {
    const busy = await aDownload(() => ({ status: 503 }));

    await expect(busy.run()).rejects.toThrow('the server answers 503');
    expect(busy.hub.requests).toHaveLength(5);
  });

  it('asks for room before it writes, and keeps what it has', async () => {
    const download = await aDownload(() => 'serve');
    const asked: number[] = [];
    const full = async (bytes: number) => {
      asked.push(bytes);
      throw new Error('no room');
    };

    await expect(download.run({ requireSpace: full })).rejects.toThrow('no room');

    expect(asked).toEqual([CONTENT.length]);
  });

  it('goes through the proxy that the environment names, but for hosts that it excepts', async () => {
    const download = await aDownload(() => 'serve');
    const proxy = await startModelHub({ '/model.onnx': CONTENT });
    onTestFinished(() => proxy.close());

    await download.run({ proxy: { HTTP_PROXY: proxy.url } });
    const direct = await aDownload(() => 'serve');
    await direct.run({ proxy: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' } });

    expect(proxy.requests).toHaveLength(1);
    expect(download.hub.requests).toHaveLength(0);
    expect(direct.hub.requests).toHaveLength(1);
  });

  it('ends with the right bytes whatever a server does on the way', async () => {
    const moods: HubAnswer[] = [
      'serve',
      'ignore-range',
      'other-range',
      'chunked',
      { dropAfter: 9_999 },
      { claim: 5 },
      { status: 500 },
    ];
    const mood = fc.constantFrom(...moods);
    await fc.assert(
      fc.asyncProperty(fc.array(mood, { maxLength: 8 }), async (story) => {
        const download = await aDownload((_, turn) => story[turn] ?? 'serve');

        await download.run().catch((error: unknown) => expect(String(error)).toMatch(/answers 500|another file/));

        await hub?.close();
        if ((await download.left()).includes('model.onnx')) await expectWhole(download);
      }),
      { numRuns: 10, seed: 5 },
    );
  });
});
