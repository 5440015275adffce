import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { nobody } from '../../infra/local/gateway-event.ts';
import type { ApiRequest } from '../../lib/http/api-request.ts';

/** A proxy event as the gateway sends it: the body is always base64, because every media type is binary there. */
export function anApiEvent(overrides: {
  method?: string;
  path?: string;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  scopes?: string;
  tenant?: string;
}): APIGatewayProxyEvent {
  const path = overrides.path ?? '/health';
  return {
    httpMethod: overrides.method ?? 'GET',
    path,
    resource: path,
    headers: overrides.headers ?? {},
    multiValueHeaders: {},
    queryStringParameters: overrides.query ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    isBase64Encoded: true,
    body: overrides.body === undefined ? null : Buffer.from(overrides.body).toString('base64'),
    requestContext: {
      ...EMPTY_REQUEST_CONTEXT,
      httpMethod: overrides.method ?? 'GET',
      path,
      resourcePath: path,
      authorizer:
        overrides.scopes === undefined
          ? null
          : { tenant: overrides.tenant ?? 'acme', keyId: 'key-1', scopes: overrides.scopes },
    },
  };
}

export const NOBODY = { ...nobody, sourceIp: '127.0.0.1', userAgent: null };

const EMPTY_REQUEST_CONTEXT = {
  accountId: '000000000000',
  apiId: 'api',
  authorizer: null,
  protocol: 'HTTP/1.1',
  httpMethod: 'GET',
  path: '/',
  stage: 'v1',
  requestId: 'request-1',
  requestTimeEpoch: 0,
  resourceId: 'resource',
  resourcePath: '/',
  identity: NOBODY,
} satisfies APIGatewayProxyEvent['requestContext'];

export function aContext(overrides: Partial<Context> = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'function',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:function',
    memoryLimitInMB: '512',
    awsRequestId: 'invocation-1',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => 60_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
    ...overrides,
  };
}

export function anApiRequest(
  overrides: Partial<Omit<ApiRequest, 'body'>> & { body?: string | Uint8Array },
): ApiRequest {
  return {
    method: 'POST',
    path: '/',
    trailingSlash: false,
    requestId: 'request-1',
    params: {},
    query: {},
    headers: {},
    caller: { tenant: 'acme', keyId: 'key-1', scopes: ['ingest', 'read'] },
    ...overrides,
    body: Buffer.from(overrides.body ?? ''),
  };
}
