import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { withoutTrailingSlash } from '../../lib/http/match-path.ts';
import type { RouteTopology } from '../topology.ts';
import { localRegion } from './signature.ts';

export interface GatewayCall {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly url: URL;
  readonly route: RouteTopology;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly time: Date;
}

const stage = 'local';
const api = 'laptop';

/** API Gateway's REST proxy event (version 1). Bodies are base64 always, as with `binaryMediaTypes: ['*\/*']`. */
export function proxyEvent(
  call: GatewayCall,
  body: Uint8Array,
  authorizer: Readonly<Record<string, unknown>> | undefined,
): APIGatewayProxyEvent {
  return {
    ...commonEvent(call),
    body: body.byteLength === 0 ? null : Buffer.from(body).toString('base64'),
    isBase64Encoded: body.byteLength > 0,
    requestContext: { ...requestContext(call), authorizer: { ...authorizer } },
  };
}

/** What a Lambda REQUEST authorizer is called with. */
export function authorizerEvent(call: GatewayCall): APIGatewayRequestAuthorizerEvent {
  return {
    ...commonEvent(call),
    type: 'REQUEST',
    methodArn: methodArn(call),
    requestContext: { ...requestContext(call), authorizer: undefined },
  };
}

export function methodArn({ request, url }: GatewayCall): string {
  return `arn:aws:execute-api:${localRegion}:000000000000:${api}/${stage}/${request.method}${url.pathname}`;
}

function commonEvent({ request, url, route, pathParameters }: GatewayCall) {
  const names = [...new Set(url.searchParams.keys())];
  const query = Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)]));
  const headers = multiValueHeaders(request);
  return {
    resource: route.path,
    path: withoutTrailingSlash(url.pathname),
    httpMethod: request.method ?? '',
    headers: lastValues(headers),
    multiValueHeaders: headers,
    pathParameters: Object.keys(pathParameters).length > 0 ? { ...pathParameters } : null,
    queryStringParameters: names.length > 0 ? lastValues(query) : null,
    multiValueQueryStringParameters: names.length > 0 ? query : null,
    stageVariables: null,
  };
}

/** Names in the client's own case, as API Gateway leaves them; a name may be `constructor`, so they are collected in a map. */
function multiValueHeaders({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] ?? '']);
  }
  return Object.fromEntries(headers);
}

const lastValues = (values: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

function requestContext({ request, requestId, url, route, time }: GatewayCall) {
  return {
    accountId: '000000000000',
    apiId: api,
    protocol: `HTTP/${request.httpVersion}`,
    httpMethod: request.method ?? '',
    path: `/${stage}${url.pathname}`,
    stage,
    requestId,
    requestTime: time.toUTCString(),
    requestTimeEpoch: time.getTime(),
    resourceId: route.path,
    resourcePath: route.path,
    identity: {
      ...nobody,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? null,
    },
  };
}

/** What the gateway says of a caller who is no AWS identity. */
export const nobody = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};
