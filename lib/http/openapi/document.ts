import { LIMITS } from '../../domain/limits.ts';
import type { Route } from '../route.ts';
import type { Components, JsonObject } from './json-schema.ts';
import { operationOf } from './operation.ts';

const tags = [
  { name: 'Now', description: 'Records in, verdicts out, in one call.' },
  { name: 'Jobs', description: 'Batches and files, judged in the background and asked for later.' },
  { name: 'Settings', description: 'What judges, and who may ask.' },
  { name: 'Service', description: 'How the service is.' },
  {
    name: 'Replaced programs',
    description:
      'The addresses of the two programs that this one replaces, kept for good. A request that is not as expected is 422 there, and `detail` is what FastAPI would have said.',
  },
];

const description = `Reads log records and says of each which category it is and whether it is an anomaly.

Every request but the open ones carries a key in \`x-api-key\`. Paths below \`/v1\` are stable; another version is a 404
that says where to look. A trailing slash is accepted everywhere. Bodies may be gzip (\`Content-Encoding: gzip\`).
Errors are problem documents (RFC 9457) with a stable \`type\`, the path of every issue and the request's id.

Limits: a record has at most ${LIMITS.recordBytes} bytes, of which ${LIMITS.messageChars} characters are read; a source's
name ${LIMITS.sourceChars} characters; one answer ${LIMITS.listItems} items of a list.`;

/** The OpenAPI 3.1 document of the routes. Addresses are relative to where it lies, so that it holds under any host and stage. */
export function openApiDocument(routes: readonly Route[], version: string): JsonObject {
  const components: Components = { schemas: new Map() };
  const paths = new Map<string, Record<string, JsonObject>>();
  for (const route of routes) {
    const operations = paths.get(route.path) ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, components);
    paths.set(route.path, operations);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'logsieve',
      version,
      summary: 'Categories and anomalies of log records.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.', description: 'Where this document lies' }],
    tags,
    paths: Object.fromEntries(paths),
    components: {
      schemas: Object.fromEntries([...components.schemas].sort(([one], [other]) => (one < other ? -1 : 1))),
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    },
  };
  return JSON.parse(JSON.stringify(document));
}
