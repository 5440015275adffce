import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type AssetName, assetNames } from '../../lib/http/assets.ts';

const ours = resolve(import.meta.dirname, '../docs');
const packages = createRequire(import.meta.url);

const sources: Readonly<Record<AssetName, () => string>> = {
  'page.css': () => join(ours, 'page.css'),
  'swagger-ui.css': () => packages.resolve('swagger-ui-dist/swagger-ui.css'),
  'swagger-ui-bundle.js': () => packages.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  'swagger-ui-bundle.js.LICENSE.txt': () => packages.resolve('swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt'),
  'swagger.js': () => join(ours, 'swagger.js'),
  'redoc.standalone.js': () => packages.resolve('redoc/bundles/redoc.standalone.js'),
  'redoc.standalone.js.LICENSE.txt': () => packages.resolve('redoc/bundles/redoc.standalone.js.LICENSE.txt'),
  'redoc.js': () => join(ours, 'redoc.js'),
  'favicon-32x32.png': () => packages.resolve('swagger-ui-dist/favicon-32x32.png'),
};

/** What makes pictures: fonts, for a process of Lambda has none, and the renderer. */
const plotFiles = {
  'DejaVuSans.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'DejaVuSans-Bold.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  'resvg.wasm': '@resvg/resvg-wasm/index_bg.wasm',
} as const;

/** Puts `assets/` beside the bundles that read files: what the documentation pages load (gzipped once), and the plots' font. */
export async function buildAssets(bundles: string): Promise<void> {
  const pages = assetNames.map(async (name) => {
    const contents = await readFile(sources[name]());
    const zipped = gzipSync(name === 'redoc.standalone.js' ? withoutLogo(contents) : contents, { level: 9 });
    await writeIfChanged(join(bundles, 'api/assets', `${name}.gz`), zipped);
  });
  const pictures = Object.entries(plotFiles).map(async ([name, source]) =>
    writeIfChanged(join(bundles, 'classify-http/assets', name), await readFile(packages.resolve(source))),
  );
  await Promise.all([...pages, ...pictures]);
}

/** ReDoc shows its maker's logo from a server of theirs; the page's policy would refuse it, with a complaint. */
function withoutLogo(bundle: Buffer): string {
  const nothing = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';
  return bundle.toString().replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', nothing);
}

/** A file that did not change is not touched, so that a running stack is not disturbed by another build. */
async function writeIfChanged(file: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, contents);
}
