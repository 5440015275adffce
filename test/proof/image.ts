import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { imageContext } from '../../infra/cdk/image.ts';
import { readSettings } from '../../infra/cdk/read-settings.ts';
import { buildFunctions } from '../../infra/commands/build.ts';
import { startEmulators } from '../../infra/local/emulators.ts';
import { functionEnvironment } from '../../infra/local/environment.ts';
import { type Outcome, startRuntimeApi } from '../../infra/local/runtime-api.ts';
import { type FunctionName, functions } from '../../infra/topology.ts';
import { buildBase, buildOn, commandOf, findProcess, imageSize, sizesIn, startContainer } from './container.ts';
import { ProofFailed, proofFolder, prove, root, run, skipWithout } from './tools.ts';

const BASE = 'logsieve-proof-base';
const IMAGE = 'logsieve-proof-classify';
const START_MS = 180_000;

/** With what `cdk deploy` would send to the build, by the same list. */
async function buildImage(): Promise<void> {
  buildBase(BASE, { npm: false });
  const ignore = join(proofFolder, 'classify.dockerignore');
  await writeFile(ignore, `${imageContext(readSettings({})).join('\n')}\n`);
  const started = performance.now();
  buildOn(BASE, { image: IMAGE, file: join(root, 'functions/classify/Dockerfile'), ignore });
  console.log(`built in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}

/** Starts the function in a container, gives it the event once it asks, and a second time for how long it takes when warm. */
async function runInImage(name: FunctionName, event: string, proof: (answer: unknown) => string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'logsieve-proof-'));
  const emulators = await startEmulators({
    folder,
    port: 0,
    now: Date.now,
    serveInvoke: (_, response) => response.writeHead(404).end(),
    serveEvents: (_, response) => response.writeHead(404).end(),
  });
  const runtime = await startRuntimeApi();
  const body = readFileSync(join(root, event), 'utf8');
  const ready = Promise.withResolvers<void>();
  const answered: ((outcome: Outcome) => void)[] = [];
  const seat = runtime.sit(
    () => ready.resolve(),
    (why) => ready.reject(new ProofFailed(`${name} did not start: ${why}`)),
  );
  const address = `AWS_LAMBDA_RUNTIME_API=${seat.address}`;
  const isDefault = commandOf(IMAGE).at(-1) === `${name}/index.handler`;
  const command = commandOf(IMAGE, isDefault ? undefined : [`${name}/index.handler`]);
  const container = startContainer(IMAGE, command, variablesOf(name, emulators.endpoint, seat.address));
  const tooLate = setTimeout(
    () => ready.reject(new ProofFailed(`${name} did not ask for work\n${container.output()}`)),
    START_MS,
  );
  const invoke = (id: string) =>
    new Promise<Outcome>((end) => {
      answered.push(end);
      seat.give({
        id,
        arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        event: body,
        deadlineMs: Date.now() + START_MS,
        end,
      });
    });
  let pid: number | undefined;
  try {
    await ready.promise;
    clearTimeout(tooLate);
    const asked = findProcess(address);
    pid = asked.pid;
    const first = await invoke('first');
    const cold = findProcess(address);
    if (!first.ok) throw new ProofFailed(`${name}: ${first.body}\n${container.output()}`);
    const what = proof(JSON.parse(first.body));
    const warmFrom = performance.now();
    await new Promise((done) => setTimeout(done, 200));
    await invoke('second');
    const warmMs = Math.round(performance.now() - warmFrom - 200);
    const { memoryMb } = functions[name];
    console.log(
      `${name}: asks for work after ${asked.ageMs} ms, first answer after ${cold.ageMs} ms, next in ${warmMs} ms; most memory ${findProcess(address).peakMb} MB of ${memoryMb}; ${what}`,
    );
  } finally {
    clearTimeout(tooLate);
    await container.stop(pid);
    await Promise.all([runtime.close(), emulators.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The laptop's, less what an image knows by itself: where its models and assets are. */
function variablesOf(name: FunctionName, endpoint: string, runtimeApi: string): Readonly<Record<string, string>> {
  const environment = functionEnvironment(name, { endpoint, inferenceThreads: 1, passedOn: {} });
  const { MODELS_FOLDER: _, ASSETS_FOLDER: __, ...variables } = environment;
  const { memoryMb } = functions[name];
  return {
    ...variables,
    ASSETS_FOLDER: `/var/task/${name}/assets`,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
}

const replySchema = z.looseObject({ statusCode: z.int(), body: z.string() });
const verdictsSchema = z.looseObject({
  results: z
    .array(
      z.looseObject({ target_label: z.string(), stage: z.string(), anomaly: z.looseObject({ score: z.number() }) }),
    )
    .min(1),
});

function proveVerdict(answer: unknown): string {
  const { statusCode, body } = replySchema.parse(answer);
  if (statusCode !== 200) throw new ProofFailed(`the question was answered by ${statusCode}: ${body}`);
  const { results } = verdictsSchema.parse(JSON.parse(body));
  const [first] = results;
  return `${results.length} verdicts, the first ${first?.target_label} by ${first?.stage}, anomaly score ${first?.anomaly.score}`;
}

/** The chunk of a job that is not there is acknowledged: it was deleted, or is over. */
function proveBatch(answer: unknown): string {
  const { batchItemFailures } = z.object({ batchItemFailures: z.array(z.unknown()) }).parse(answer);
  if (batchItemFailures.length > 0) throw new ProofFailed(`the batch failed: ${JSON.stringify(answer)}`);
  return 'a batch was answered without failures';
}

function golden(emulator: readonly string[]): string {
  const [command = process.execPath, ...args] = [...emulator, process.execPath, join(root, 'test/proof/golden.ts')];
  return run(command, args, { timeoutSeconds: 900 }).trim();
}

/**
 * `npm run test:image`: builds functions/classify/Dockerfile for real, without a container engine, runs the image's entry
 * against a Runtime API on loopback, and runs the model's golden texts under an emulated CPU without VNNI. The base is a
 * stand-in (container.ts): AWS's own, and with it its client of the Runtime API, is not run.
 */
await prove(async () => {
  skipWithout(['buildah', 'debootstrap', 'qemu-x86_64'], 'Debian packages buildah, debootstrap, qemu-user; as root');
  await buildFunctions();
  await buildImage();
  console.log(`machine: ${cpus()[0]?.model}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(`image: ${imageSize(IMAGE)}, of it the base: ${imageSize(BASE)}; MB: ${sizesIn(IMAGE, '/var/task')}`);
  await runInImage('classify-http', 'events/apigw-classify.json', proveVerdict);
  await runInImage('classify-worker', 'events/sqs-chunk.json', proveBatch);
  console.log(`golden values here: ${golden([])}`);
  console.log(`golden values, emulated Haswell (AVX2, no VNNI): ${golden(['qemu-x86_64', '-cpu', 'Haswell'])}`);
});
