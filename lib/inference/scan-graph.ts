import { createReadStream } from 'node:fs';
import { Fault } from '../domain/errors.ts';
import type { Quantisation } from './manifest.ts';

/** What an ONNX file says of itself. */
export interface GraphTraits {
  readonly quantisation: Quantisation;
  /** Whether values of these names occur in it. */
  readonly hasSeverityLogits: boolean;
  readonly hasHiddenState: boolean;
}

const MARKS = [
  'DynamicQuantizeLinear',
  'QLinearMatMul',
  'QuantizeLinear',
  'MatMulInteger',
  'severity_logits',
  'last_hidden_state',
] as const;
type Mark = (typeof MARKS)[number];
const LONGEST = Math.max(...MARKS.map((mark) => mark.length));

/**
 * Looks for the names of operators and outputs in the file's bytes: they stand there in plain letters, and reading a
 * 740 MB file so takes a second, where opening a session on it takes its memory too.
 */
export async function scanGraph(path: string): Promise<GraphTraits> {
  const found = await findMarks(path);
  return {
    quantisation: found.has('DynamicQuantizeLinear')
      ? 'dynamic'
      : found.has('QLinearMatMul') || found.has('QuantizeLinear') || found.has('MatMulInteger')
        ? 'static'
        : 'none',
    hasSeverityLogits: found.has('severity_logits'),
    hasHiddenState: found.has('last_hidden_state'),
  };
}

async function findMarks(path: string): Promise<ReadonlySet<Mark>> {
  const found = new Set<Mark>();
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
      const bytes = Buffer.concat([tail, chunk]);
      for (const mark of MARKS) if (!found.has(mark) && bytes.includes(mark)) found.add(mark);
      tail = bytes.subarray(-LONGEST);
    }
  } catch (cause) {
    throw new Fault('model-file', `${path} cannot be read`, { cause });
  }
  return found;
}
