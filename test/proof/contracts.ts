import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Services } from '../contract/elsewhere.ts';
import { installJavaServers, installMoto, startDynamoDbLocal, startElasticMq, startMoto } from './servers.ts';
import { ProofFailed, prove, root, skipWithout } from './tools.ts';

/** A suite of files one after the other; the services themselves start in seconds. */
const SUITE_SECONDS = 600;
const MOTO_LACKS: Services['lacks'] = ['signed-lengths', 'reply-headers', 'aborted-uploads'];

/**
 * `npm run test:contracts`: the adapters' contract suites against services that others wrote. The laptop's emulators agree
 * with themselves; what these say otherwise is in infra/local/README.md.
 */
await prove(async () => {
  skipWithout(['java', 'mvn', 'python3'], 'Debian packages default-jre-headless, maven, python3-venv');
  const [java, moto] = [installJavaServers(), installMoto()];
  await using s3 = await startMoto(moto, { oneAtATime: true });
  const failed: string[] = [];
  const suite = async (services: Services) => {
    if (!(await runSuite(services))) failed.push(services.name);
  };
  {
    await using dynamo = await startDynamoDbLocal(java);
    await using sqs = await startElasticMq(java);
    await suite({
      name: 'moto (S3), DynamoDB Local and ElasticMQ',
      s3: s3.address,
      sqs: sqs.address,
      dynamo: dynamo.address,
      lacks: [...MOTO_LACKS, 'fair-queues', 'large-messages'],
    });
  }
  await suite({ name: 'moto', s3: s3.address, sqs: s3.address, dynamo: s3.address, lacks: MOTO_LACKS });
  if (failed.length > 0) throw new ProofFailed(`The suites failed on ${failed.join(' and on ')}.`);
});

/** Not by a call that waits: the services' output must go on being read, or they stop. */
function runSuite(services: Services): Promise<boolean> {
  console.log(`\nThe contract suites on ${services.name}`);
  const vitest = join(root, 'node_modules/.bin/vitest');
  // One file at a time: the services are shared, and each file starts with empty ones.
  const args = ['run', '--project', 'parts', '--no-file-parallelism', 'test/contract'];
  const child = spawn(vitest, args, {
    cwd: root,
    stdio: 'inherit',
    timeout: SUITE_SECONDS * 1_000,
    env: { ...process.env, CONTRACT_SERVICES: JSON.stringify(services) },
  });
  return new Promise((resolve) => child.once('close', (status) => resolve(status === 0)));
}
