import type { AssetName } from './assets.ts';

/**
 * The pages run our scripts and those that we serve, and speak with this service alone. Both draw with styles of their
 * own making, and ReDoc searches in a worker that it makes from a blob.
 */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface DocsPage {
  readonly title: string;
  readonly styles: readonly AssetName[];
  readonly library: AssetName;
  readonly script: AssetName;
}

const pages = {
  docs: {
    title: 'logsieve: try the API',
    styles: ['page.css', 'swagger-ui.css'],
    library: 'swagger-ui-bundle.js',
    script: 'swagger.js',
  },
  redoc: { title: 'logsieve: the API', styles: ['page.css'], library: 'redoc.standalone.js', script: 'redoc.js' },
} as const satisfies Record<string, DocsPage>;

/**
 * A documentation page. Its addresses are relative, so that it holds under any host and stage, and there is nothing of
 * the request in it: only whether its address ended in a slash.
 */
export function docsPage(name: keyof typeof pages, options: { trailingSlash: boolean }): string {
  const { title, styles, library, script } = pages[name];
  const base = options.trailingSlash ? '../' : './';
  const links = styles.map((style) => `<link rel="stylesheet" href="${base}assets/${style}">`).join('\n    ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" type="image/png" href="${base}assets/favicon-32x32.png">
    ${links}
    <script src="${base}assets/${library}" defer></script>
    <script src="${base}assets/${script}" data-openapi="${base}openapi.json"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript. The API itself is described in openapi.json.</noscript>
  </body>
</html>
`;
}
