import { IgnoreMode, type Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Architecture, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import type { Settings } from './settings.ts';

/** Pinned together: an image built for the other architecture would not start. */
const ARCHITECTURES = {
  x86_64: { platform: Platform.LINUX_AMD64, architecture: Architecture.X86_64, folder: 'x64' },
  arm64: { platform: Platform.LINUX_ARM64, architecture: Architecture.ARM_64, folder: 'arm64' },
} as const;

/** Of every function, so that bundles and images run on one kind of machine. */
export function architectureOf(settings: Pick<Settings, 'architecture'>): Architecture {
  return ARCHITECTURES[settings.architecture].architecture;
}

/**
 * What of the repository goes to the image's build, in the order of a .dockerignore: of onnxruntime-node only the
 * CPU binaries for Linux and the architecture, 45 MB in place of 288.
 */
export function imageContext({ architecture, models }: Pick<Settings, 'architecture' | 'models'>): readonly string[] {
  const binaries = `node_modules/onnxruntime-node/bin/napi-v6/linux/${ARCHITECTURES[architecture].folder}`;
  return [
    '*',
    '!functions/classify/Dockerfile',
    '!dist/functions/classify-http',
    '!dist/functions/classify-worker',
    '!models/*.json',
    '!models/starter',
    'models/starter/golden.jsonl',
    ...[models.labels, models.rules, models.entailment, models.split?.folder].flatMap((path) =>
      path === undefined ? [] : [`!${path}`],
    ),
    '!node_modules/onnxruntime-common',
    '!node_modules/onnxruntime-node/package.json',
    '!node_modules/onnxruntime-node/dist',
    `!${binaries}/onnxruntime_binding.node`,
    `!${binaries}/libonnxruntime.so.1`,
    '**/*.map',
  ];
}

/** What a build is told besides its context. */
function imageBuild({ architecture, models }: Pick<Settings, 'architecture' | 'models'>) {
  return {
    platform: ARCHITECTURES[architecture].platform,
    buildArgs: { LABELS: models.labels, RULES: models.rules },
  };
}

/** The line that builds a stage's image as the CDK would; for a shell in the repository's root. */
export function imageBuildLine(settings: Pick<Settings, 'architecture' | 'models'>): string {
  const { platform, buildArgs } = imageBuild(settings);
  return [
    // Lambda takes no image with attestations beside it, which buildx adds unasked.
    'BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build',
    `--platform ${platform.platform}`,
    ...Object.entries(buildArgs).map(([name, value]) => `--build-arg ${name}=${value}`),
    '--file functions/classify/Dockerfile --tag logsieve .',
  ].join(' ');
}

/** Where the image of the functions with the models comes from: a build of the repository, or one made before. */
export interface ImageSource {
  readonly repository: string;
  /** Where its Dockerfile lies, under functions/. */
  readonly folder: string;
  readonly command: string;
}

/** The image of one function; functions told apart by their command share it. `id` is of the function. */
export function imageCode(stack: Stack, id: string, source: ImageSource, settings: Settings): DockerImageCode {
  const cmd = [source.command];
  if (settings.image !== undefined) {
    const repository = Repository.fromRepositoryName(stack, `${id}-images`, settings.image.repository);
    return DockerImageCode.fromEcr(repository, { tagOrDigest: settings.image.digest, cmd });
  }
  return DockerImageCode.fromImageAsset(source.repository, {
    file: `functions/${source.folder}/Dockerfile`,
    exclude: [...imageContext(settings)],
    ignoreMode: IgnoreMode.DOCKER,
    ...imageBuild(settings),
    cmd,
  });
}
