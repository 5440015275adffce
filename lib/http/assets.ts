/** What the documentation pages load, and the licences that its scripts point to, by name, with its media type. Nothing else can be asked for, so no name is a path. */
export const ASSETS = {
  'page.css': 'text/css; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-bundle.js.LICENSE.txt': 'text/plain; charset=utf-8',
  'swagger.js': 'text/javascript; charset=utf-8',
  'redoc.standalone.js': 'text/javascript; charset=utf-8',
  'redoc.standalone.js.LICENSE.txt': 'text/plain; charset=utf-8',
  'redoc.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;

export type AssetName = keyof typeof ASSETS;

export const assetNames: readonly AssetName[] = Object.keys(ASSETS).filter(isAssetName);

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(ASSETS, name);
}
