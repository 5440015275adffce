import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type FunctionTopology, functions, queues, type RouteTopology, routes } from '../../infra/topology.ts';
import { flowOnMoto } from './moto-flow.ts';
import { installMoto, startMoto } from './servers.ts';
import { ProofFailed, prove, root, run, skipWithout } from './tools.ts';

const STACK = 'logsieve';
const SECONDS = 600;

const deployedSchema = z.object({
  stack: z.object({
    status: z.string(),
    reason: z.string().nullish(),
    seconds: z.number(),
    /** Aliases and versions of functions, which moto's CloudFormation does not know. */
    takenOut: z.int(),
    resources: z.int(),
    made: z.int(),
    missingTypes: z.array(z.string()),
    outputs: z.record(z.string(), z.string()),
  }),
  functions: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  mappings: z.array(z.object({ queue: z.string(), function: z.string(), batch: z.int() })).default([]),
  queues: z
    .record(z.string(), z.object({ visibilitySeconds: z.int(), dead: z.string(), maxReceives: z.int() }))
    .default({}),
  routes: z.array(z.string()).default([]),
});
export type Deployed = z.infer<typeof deployedSchema>;

/**
 * `npm run test:moto`: the template of the default stage, deployed by moto's CloudFormation, and lines put through what it
 * made. What that proves and what not: docs/DEPLOY-PROOF.md.
 */
await prove(async () => {
  skipWithout(['python3'], 'Debian package python3-venv');
  const moto = installMoto();
  const out = await mkdtemp(join(tmpdir(), 'logsieve-moto-'));
  try {
    run(join(root, 'node_modules/.bin/cdk'), ['synth', '--quiet', '--output', out], {
      timeoutSeconds: SECONDS,
      env: { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
    });
    await using server = await startMoto(moto);
    const script = join(root, 'test/proof/deploy_to_moto.py');
    const printed = run(join(moto, 'bin/python'), [script, server.address, out, STACK], { timeoutSeconds: SECONDS });
    const deployed = deployedSchema.parse(JSON.parse(printed));
    checkDeployed(deployed);
    await flowOnMoto(server.address, STACK, deployed).catch((cause: unknown) => {
      throw new ProofFailed(`${cause instanceof Error ? cause.message : cause}\nmoto:\n${server.output()}`);
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

/** What moto made of the template is what the topology says. */
function checkDeployed({ stack, ...made }: Deployed): void {
  if (stack.status !== 'CREATE_COMPLETE') throw new ProofFailed(`moto: ${stack.status}, ${stack.reason ?? ''}`);
  const without = stack.missingTypes.length === 0 ? 'none left out' : `left out: ${stack.missingTypes.join(', ')}`;
  console.log(
    `stack created in ${stack.seconds} s: ${stack.made} of ${stack.resources} resources, ${without}; ${stack.takenOut} aliases and versions of functions taken out before`,
  );
  const heard = Object.entries(functions).flatMap(([name, { hears = [] }]: [string, FunctionTopology]) =>
    hears.map(({ queue, batch }) => `${STACK}-${queue} → ${name} by ${batch}`),
  );
  same(
    'event source mappings',
    made.mappings.map((each) => `${each.queue} → ${each.function} by ${each.batch}`),
    heard,
  );
  same('functions', Object.keys(made.functions), Object.keys(functions));
  same(
    'queues with their dead-letter queues',
    Object.entries(made.queues).flatMap(([name, { visibilitySeconds, dead, maxReceives }]) =>
      dead === '' ? [] : [`${name} ${visibilitySeconds} s, after ${maxReceives} to ${dead}`],
    ),
    Object.entries(queues).map(
      ([name, { visibilitySeconds, maxReceives }]) =>
        `${STACK}-${name} ${visibilitySeconds} s, after ${maxReceives} to ${STACK}-${name}-dead`,
    ),
  );
  const missing = routes.map(({ method, path }: RouteTopology) => `${method} ${path}`);
  same(
    'routes',
    made.routes.filter((route) => missing.includes(route)),
    missing,
  );
}

function same(what: string, found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((each) => !found.includes(each));
  const more = found.filter((each) => !wanted.includes(each));
  if (missing.length + more.length > 0) {
    throw new ProofFailed(
      `${what}: missing ${missing.join(', ') || 'none'}; not in the topology: ${more.join(', ') || 'none'}`,
    );
  }
  console.log(`${what}: the ${wanted.length} of the topology`);
}
