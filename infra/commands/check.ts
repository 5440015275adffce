import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

/** `npm run check`: everything that must hold before a change lands. CI runs exactly this. */
interface Step {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

const root = resolve(import.meta.dirname, '../..');
const steps: readonly Step[] = [
  { name: 'format and lint', command: 'biome', arguments: ['check', '--error-on-warnings', '.'] },
  { name: 'types', command: 'tsc', arguments: ['--noEmit'] },
  { name: 'module boundaries', command: 'vitest', arguments: ['run', 'test/infra/boundaries.test.ts'] },
  { name: 'tests, with the lines they cover', command: 'vitest', arguments: ['run', '--coverage'] },
  { name: 'bundles', command: 'node', arguments: ['infra/commands/build.ts'] },
  { name: 'template, with cdk-nag', command: 'cdk', arguments: ['synth', '--quiet'] },
];

/** Stops at the first step that fails and gives its exit code. */
function runSteps(): number {
  // The tools of this checkout, on the Node of this checkout, also when the command was not started by npm.
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const started = performance.now();
  for (const [index, step] of steps.entries()) {
    console.log(`\n[${index + 1}/${steps.length}] ${step.name}: ${[step.command, ...step.arguments].join(' ')}`);
    const stepStarted = performance.now();
    const { status, error } = spawnSync(step.command, step.arguments, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: path },
    });
    if (status !== 0) {
      console.error(`\ncheck failed at step ${index + 1}, ${step.name}${error ? `: ${error.message}` : ''}`);
      return status ?? 1;
    }
    console.log(`    ${seconds(stepStarted)}`);
  }
  console.log(`\ncheck passed: ${steps.length} steps in ${seconds(started)}`);
  return 0;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

process.exitCode = runSteps();
