import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAssets } from '../../infra/commands/build-assets.ts';

/** What the build puts beside the functions, in one folder that the environment names. To be called before the first event. */
export async function useAssets(): Promise<{ remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'logsieve-assets-'));
  await buildAssets(folder);
  const assets = join(folder, 'assets');
  for (const name of ['api', 'classify-http']) await cp(join(folder, name, 'assets'), assets, { recursive: true });
  process.env.ASSETS_FOLDER = assets;
  return { remove: () => rm(folder, { recursive: true }) };
}
