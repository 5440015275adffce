import { parseArgs } from 'node:util';
import { imageBuildLine, imageContext } from '../cdk/image.ts';
import { readStage } from '../cdk/read-settings.ts';

const USAGE = `node infra/commands/image-ignore.ts [STAGE] [--build]

The .dockerignore of a stage's image (infra/config/STAGE.ts), for builds without the CDK.
--build   the line that builds it, with the stage's own labels, rules and platform`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { build: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return console.log(USAGE);
  const settings = await readStage({ stage: positionals[0], logsieve: undefined });
  console.log(values.build ? imageBuildLine(settings) : imageContext(settings).join('\n'));
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
