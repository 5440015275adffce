import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '../domain/errors.ts';

/** What a graph is run on once: `rows` texts or pairs of `length` tokens each, row after row. */
export interface Pass {
  readonly ids: BigInt64Array<ArrayBuffer>;
  /** 1 for a token, 0 for padding. */
  readonly mask: BigInt64Array<ArrayBuffer>;
  readonly rows: number;
  readonly length: number;
}

/** The graph's outputs by name, row after row. */
export type PassOutputs = Readonly<Record<string, Float32Array>>;

/** One way to run a graph: on this thread (`onThisThread`) or on others (`openSessionPool`). */
export interface PassRunner {
  run(pass: Pass): Promise<PassOutputs>;
  close(): Promise<void>;
}

/** A pass of these rows, padded to `length`. */
export function passOf(rows: readonly (readonly number[])[], length: number): Pass {
  const ids = new BigInt64Array(rows.length * length);
  const mask = new BigInt64Array(rows.length * length);
  for (const [row, tokens] of rows.entries()) {
    let at = row * length;
    for (const id of tokens) {
      ids[at] = BigInt(id);
      mask[at] = 1n;
      at += 1;
    }
  }
  return { ids, mask, rows: rows.length, length };
}

/** Runs on the calling thread, whose event loop a pass holds. */
export function onThisThread(session: InferenceSession): PassRunner {
  return { run: (pass) => runPass(session, pass), close: () => session.release() };
}

/** Token types are all 0 where a graph wants them: one text, or a model that was trained without the second type. */
export async function runPass(session: InferenceSession, { ids, mask, rows, length }: Pass): Promise<PassOutputs> {
  const shape = [rows, length];
  const feeds: Record<string, Tensor> = {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
  };
  if (session.inputNames.includes('token_type_ids'))
    feeds.token_type_ids = new Tensor('int64', new BigInt64Array(ids.length), shape);
  const outputs = await session.run(feeds);
  return Object.fromEntries(session.outputNames.map((name) => [name, floatsOf(outputs[name], name)]));
}

function floatsOf(output: { readonly data: unknown } | undefined, name: string): Float32Array {
  if (output?.data instanceof Float32Array) return output.data;
  throw new Fault('model-file', `the model's output ${name} is no float32 tensor`);
}
