import { IgnoreMode } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { AssetImageCodeProps } from 'aws-cdk-lib/aws-lambda';

/**
 * What of the repository goes to the image's build, in the order of a .dockerignore: of onnxruntime-node only the
 * Linux x64 CPU binaries, 45 MB in place of 288.
 */
export const IMAGE_CONTEXT = [
  '*',
  '!functions/classify/Dockerfile',
  '!dist/functions/classify-http',
  '!dist/functions/classify-worker',
  '!models/*.json',
  '!models/starter',
  'models/starter/golden.jsonl',
  '!node_modules/onnxruntime-common',
  '!node_modules/onnxruntime-node/package.json',
  '!node_modules/onnxruntime-node/dist',
  '!node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
  '!node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  '**/*.map',
] as const;

/** The image of the functions that carry the models; `folder` is where its Dockerfile lies. */
export function imageAsset(
  repository: string,
  folder: string,
): { readonly directory: string; readonly options: AssetImageCodeProps } {
  return {
    directory: repository,
    options: {
      file: `functions/${folder}/Dockerfile`,
      exclude: [...IMAGE_CONTEXT],
      ignoreMode: IgnoreMode.DOCKER,
      // Pinned together with the functions' architecture: an image built on an ARM laptop would not start.
      platform: Platform.LINUX_AMD64,
    },
  };
}
