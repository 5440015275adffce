import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: not part of `npm test`, for it needs a Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/temp-folder.ts', 'test/global-setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
