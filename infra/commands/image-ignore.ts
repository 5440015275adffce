import { imageContext } from '../cdk/image.ts';
import { readStage } from '../cdk/read-settings.ts';

/** `node infra/commands/image-ignore.ts [STAGE]`: the .dockerignore of a stage's image, for builds without the CDK. */
const settings = await readStage({ stage: process.argv[2], logsieve: undefined });
console.log(imageContext(settings).join('\n'));
