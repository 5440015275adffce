import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { findKey } from '../../lib/access/secret.ts';
import { openPorts } from '../ports.ts';

/**
 * Lambda REQUEST authorizer on `x-api-key`. It allows or denies the whole stage, because the gateway keeps the answer
 * for every route of that key; which scope a route needs is checked by the service.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const secret = headerOf(event, 'x-api-key');
  const key = secret === undefined ? undefined : await findKey(openPorts().keys, secret);
  const resource = wholeStage(event.methodArn);
  if (key === undefined) return policy('unknown', 'Deny', resource);
  return {
    ...policy(key.keyId, 'Allow', resource),
    context: {
      tenant: key.tenant,
      keyId: key.keyId,
      scopes: key.scopes.join(' '),
      ...(key.quota === undefined ? {} : { quota: JSON.stringify(key.quota) }),
    },
  };
}

function headerOf(event: APIGatewayRequestAuthorizerEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

/** `arn:aws:execute-api:region:account:api/stage/GET/v1/jobs` becomes `…:api/stage/*`. */
function wholeStage(methodArn: string): string {
  return `${methodArn.split('/').slice(0, 2).join('/')}/*`;
}

function policy(principalId: string, effect: 'Allow' | 'Deny', resource: string): APIGatewayAuthorizerResult {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
  };
}
