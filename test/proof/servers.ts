import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, prepareOnce, root, run, type Server, startServer } from './tools.ts';

const DOWNLOAD_SECONDS = 1_800;
const MAVEN_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const MOTO = 'moto[server]==5.2.1';

/** DynamoDB Local and ElasticMQ from Maven Central, 87 MB, once. Gives the folder that holds `lib`. */
export function installJavaServers(): string {
  return prepareOnce('java', 'lib/elasticmq-server_2.13-1.6.9.jar', (folder) => {
    console.log('fetching DynamoDB Local and ElasticMQ from Maven Central …');
    const pom = join(root, 'test/proof/pom.xml');
    const out = `-DoutputDirectory=${join(folder, 'lib')}`;
    run('mvn', ['-q', '-B', '-f', pom, `${MAVEN_PLUGIN}:copy-dependencies`, out], {
      timeoutSeconds: DOWNLOAD_SECONDS,
    });
  });
}

/** moto from PyPI in a virtual environment of its own, once. Gives the environment's folder. */
export function installMoto(): string {
  return prepareOnce('moto', 'installed', (folder) => {
    console.log(`fetching ${MOTO} from PyPI …`);
    run('python3', ['-m', 'venv', folder], { timeoutSeconds: DOWNLOAD_SECONDS });
    run(join(folder, 'bin/pip'), ['install', '--quiet', MOTO], { timeoutSeconds: DOWNLOAD_SECONDS });
    writeFileSync(join(folder, 'installed'), MOTO);
  });
}

/** AWS's own DynamoDB for developers, in memory. It reports its use to AWS unless told not to. */
export async function startDynamoDbLocal(folder: string): Promise<Server> {
  const port = await freePort();
  const program = join(root, 'test/proof/DynamoDbOnLoopback.java');
  const libraries = ['-Djava.library.path=lib', '-cp', 'lib/*'];
  const args = [...libraries, program, '-inMemory', '-disableTelemetry', '-port', String(port)];
  return startServer('java', args, { port, cwd: folder, env: { DDB_LOCAL_TELEMETRY: '0' } });
}

/** ElasticMQ, which holds callers to SQS's own limits. */
export async function startElasticMq(folder: string): Promise<Server> {
  const port = await freePort();
  const config = join(folder, 'elasticmq.conf');
  writeFileSync(
    config,
    `include classpath("application.conf")
node-address { protocol = http, host = 127.0.0.1, port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`,
  );
  const args = [`-Dconfig.file=${config}`, '-cp', 'lib/*', 'org.elasticmq.server.Main'];
  return startServer('java', args, { port, cwd: folder });
}

/** Moto's own server answers on many threads, and checks a condition and writes without a lock between. */
const ONE_AT_A_TIME = `import sys
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=False)`;

/** S3, SQS, DynamoDB, Lambda, CloudFormation and more. Functions are not run: that would take a container engine. */
export async function startMoto(folder: string, { oneAtATime = false } = {}): Promise<Server> {
  const port = await freePort();
  const own = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
  const args = oneAtATime ? ['-c', ONE_AT_A_TIME, String(port)] : own;
  return startServer(join(folder, 'bin/python'), args, { port });
}
