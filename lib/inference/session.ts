import { availableParallelism } from 'node:os';
import { InferenceSession } from 'onnxruntime-node';
import { refuseTelemetry } from '../config.ts';
import { Fault } from '../domain/errors.ts';

export interface SessionOptions {
  /** Threads of one pass; 0 means all cores. */
  readonly threads: number;
}

/** The names that a graph must have. */
export interface GraphNames {
  readonly inputs: readonly string[];
  /** Inputs that a graph of this kind may want besides. */
  readonly optionalInputs?: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A session on an ONNX file. The optimisation level is pinned, because int8 outputs move with it; execution is
 * sequential, because these graphs are chains and the parallel mode is slower.
 */
export async function openSession(
  path: string,
  { threads }: SessionOptions,
  expected: GraphNames,
): Promise<InferenceSession> {
  const session = await createSession(path, coresFor(threads));
  const missing = [
    ...expected.inputs.filter((name) => !session.inputNames.includes(name)),
    ...expected.outputs.filter((name) => !session.outputNames.includes(name)),
  ];
  const known = [...expected.inputs, ...(expected.optionalInputs ?? [])];
  const unknown = session.inputNames.filter((name) => !known.includes(name));
  if (missing.length === 0 && unknown.length === 0) return session;
  await session.release();
  throw new Fault(
    'model-file',
    `${path} is no model of this kind: ${[...missing.map((name) => `lacks ${name}`), ...unknown.map((name) => `wants ${name}`)].join(', ')}`,
  );
}

/** What `threads` of the settings comes to: 0 means all cores. */
export function coresFor(threads: number): number {
  return threads === 0 ? availableParallelism() : threads;
}

async function createSession(path: string, threads: number): Promise<InferenceSession> {
  refuseTelemetry();
  try {
    return await InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
  } catch (cause) {
    throw new Fault('model-file', `${path} cannot be loaded as an ONNX model`, { cause });
  }
}
