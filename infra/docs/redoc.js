// The page's own script: a strict policy allows none inside the page.
const { openapi } = document.currentScript.dataset;

addEventListener('DOMContentLoaded', () => {
  Redoc.init(openapi, { nativeScrollbars: true, hideDownloadButton: false }, document.getElementById('page'));
});
