import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, stop } from 'esbuild';
import { type FunctionName, functions } from '../topology.ts';
import { buildAssets } from './build-assets.ts';

const root = resolve(import.meta.dirname, '../..');

/** Where `npm run build` and `npm start` leave the bundles. */
export const functionsFolder = join(root, 'dist/functions');

/** Some packages we bundle are CommonJS and ask for `require`, which an ES module does not have. */
const requireBanner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

export interface BuiltFunction {
  readonly name: FunctionName;
  /** The bundle: an ES module that exports `handler`. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * Bundles every function of the topology into `<out>/<name>/index.mjs`, with its source map beside it.
 * A file that did not change is not touched, so a stack that runs these bundles is not disturbed by another build.
 */
export async function buildFunctions(out: string = functionsFolder): Promise<readonly BuiltFunction[]> {
  const names = Object.entries(functions).flatMap(([name, { code }]) => [
    { out: `${name}/index`, in: join(root, 'functions', code.folder, `${code.entry}.ts`) },
    // The function that judges lines starts this on threads of its own, from beside its bundle.
    ...(code.kind === 'image'
      ? [{ out: `${name}/session-worker`, in: join(root, 'lib/inference/session-worker.ts') }]
      : []),
  ]);
  const { outputFiles } = await build({
    entryPoints: names,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // A native addon with its own folder of libraries; it stays in node_modules (and in the image beside the bundle).
    external: ['onnxruntime-node'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: requireBanner },
    logLevel: 'silent',
    absWorkingDir: root,
  });
  // esbuild's own process would stay, with half a gigabyte.
  await stop();
  await Promise.all(outputFiles.map(({ path, contents }) => writeIfChanged(path, contents)));
  await buildAssets(resolve(root, out));
  return functionNames().map((name) => {
    const file = join(resolve(root, out), name, 'index.mjs');
    return { name, file, bytes: outputFiles.find(({ path }) => path === file)?.contents.byteLength ?? 0 };
  });
}

function functionNames(): readonly FunctionName[] {
  return Object.keys(functions).filter((name): name is FunctionName => name in functions);
}

async function writeIfChanged(path: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, path).catch(async (error) => {
    await rm(temporary, { force: true });
    throw error;
  });
}

// `import.meta.main` is not known to Node 22.
if (process.argv[1] === import.meta.filename) {
  const started = performance.now();
  for (const { name, file, bytes } of await buildFunctions()) {
    console.log(`${name.padEnd(16)} ${String(Math.round(bytes / 1024)).padStart(6)} kB  ${relative(root, file)}`);
  }
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(2)} s`);
}
