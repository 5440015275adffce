import { defineConfig } from 'vitest/config';

const flow = ['test/flow/**/*.test.ts'];
/** Leave nothing behind in their process: files of them share one, whose modules are loaded once. */
const units = ['test/unit/**/*.test.ts', 'test/eval/**/*.test.ts'];
const infra = ['test/infra/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/temp-folder.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...flow, ...infra, ...units],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'units', include: units, isolate: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        // Loading the CDK takes longer than its tests: once per process, not once per file.
        test: { name: 'infra', include: infra, isolate: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'flow',
          include: flow,
          globalSetup: 'test/global-setup.ts',
          // A laptop stack is several processes; two at once would take each other's cores and time out.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'functions/**/*.ts'],
      thresholds: { lines: 90 },
    },
  },
});
