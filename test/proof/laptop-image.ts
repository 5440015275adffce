import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJobClient } from '../../infra/local/job-client.ts';
import { buildBase, buildOn, commandOf, findProcess, imageSize, startContainer } from './container.ts';
import { freePort, ProofFailed, prove, root, run, skipWithout } from './tools.ts';

const BASE = 'logsieve-proof-node';
const IMAGE = 'logsieve-proof-laptop';
const READY_MS = 240_000;

/** compose.yaml is read by Compose itself where that is installed. */
function checkCompose(): void {
  const found = [['docker', 'compose'], ['docker-compose']].find(
    ([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0,
  );
  if (found === undefined) {
    console.log('compose.yaml: not read, there is no Compose here');
    return;
  }
  const [command = '', ...args] = found;
  run(command, [...args, '-f', join(root, 'compose.yaml'), 'config', '--quiet'], { timeoutSeconds: 60 });
  console.log(`compose.yaml: read by ${found.join(' ')} without complaint`);
}

function buildImage(): void {
  buildBase(BASE, { npm: true });
  const folder = join(root, 'infra/local');
  buildOn(BASE, { image: IMAGE, file: join(folder, 'Dockerfile'), ignore: join(folder, 'Dockerfile.dockerignore') });
  console.log(`infra/local/Dockerfile: built, ${imageSize(IMAGE)}, of it the base ${imageSize(BASE)}`);
}

/** The container with the state folder for a volume, until `use` is done. */
async function withStack(state: string, use: (url: string, key: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const mark = `LOGSIEVE_PROOF=${port}`;
  const command = [...commandOf(IMAGE), '--port', String(port)];
  const container = startContainer(IMAGE, command, { LOGSIEVE_PROOF: String(port) }, [`${state}:/state`]);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(url, container);
    await use(url, readFileSync(join(state, 'api-key'), 'utf8').trim());
  } finally {
    await container.stop(container.hasEnded() ? undefined : findProcess(mark).pid);
  }
}

async function untilHealthy(
  url: string,
  { output, hasEnded }: { output: () => string; hasEnded: () => boolean },
): Promise<void> {
  const until = Date.now() + READY_MS;
  for (;;) {
    const health = await fetch(`${url}/health`).catch(() => undefined);
    if (health?.ok) return;
    if (hasEnded() || Date.now() > until) throw new ProofFailed(`the container is not healthy\n${output()}`);
    await sleep(500);
  }
}

async function sampleEnded(url: string, key: string): Promise<string> {
  const until = Date.now() + READY_MS;
  for (;;) {
    const job = await openJobClient(url, key).newest('sample.csv', '');
    if (job?.state === 'completed') return `${job.id}: ${job.found} records`;
    if (Date.now() > until) throw new ProofFailed(`the sample: ${job?.state}`);
    await sleep(500);
  }
}

/**
 * `npm run test:compose`: the laptop's Dockerfile built without a container engine on a stand-in for its base, run twice on
 * one state folder: the second container knows the key and the job of the first.
 */
await prove(async () => {
  skipWithout(['buildah', 'debootstrap'], 'Debian packages buildah, debootstrap; as root');
  checkCompose();
  buildImage();
  const state = mkdtempSync(join(tmpdir(), 'logsieve-volume-'));
  chownSync(state, 1000, 1000);
  try {
    let first = '';
    await withStack(state, async (url, key) => {
      first = await sampleEnded(url, key);
    });
    await withStack(state, async (url, key) => {
      const again = await sampleEnded(url, key);
      if (again !== first) throw new ProofFailed(`the second container has the job ${again}, the first had ${first}`);
      console.log(`two containers on one volume: the same key, and job ${again}`);
    });
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});
