import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  IdentitySource,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  RequestAuthorizer,
  type Resource,
  ResponseType,
  RestApi,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { fixedCorsHeaders } from '../../lib/http/cors.ts';
import { PROBLEM_MEDIA_TYPE, problemType } from '../../lib/http/problem.ts';
import { SECURITY_HEADERS } from '../../lib/http/security-headers.ts';
import { type GatewayProblem, gatewayProblems } from '../gateway-problems.ts';
import { gateway, type RouteTopology, routes } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import { addDomain } from './domain.ts';
import type { Stores } from './environment.ts';
import { addFirewall } from './firewall.ts';
import type { Functions } from './functions.ts';
import { ACCESS_LOG, addLogGroup } from './log-groups.ts';
import type { Settings } from './settings.ts';

/** The REST API: every route of the topology, and everything else to `api`, which answers 404 as a problem document. */
export function addGateway(stack: Stack, functions: Functions, stores: Stores, settings: Settings): RestApi {
  const api = addRestApi(stack, stores, settings);
  // One permission for the whole API in place of two for every method.
  const once = { scopePermissionToMethod: false };
  const integrations = {
    api: new LambdaIntegration(functions.api.alias, once),
    'classify-http': new LambdaIntegration(functions['classify-http'].alias, once),
  };
  const authorizer = new RequestAuthorizer(stack, 'authorizer', {
    handler: functions.authorize.alias,
    identitySources: [IdentitySource.header('x-api-key')],
    resultsCacheTtl: Duration.seconds(gateway.authorizerCacheSeconds),
  });
  const withKey = { authorizer, authorizationType: AuthorizationType.CUSTOM };

  for (const route of routes) {
    const resource = api.root.resourceForPath(route.path);
    const options = route.scope === undefined ? { authorizationType: AuthorizationType.NONE } : withKey;
    const integration = integrations[route.handledBy];
    acknowledgeRoute(resource.addMethod(route.method, integration, options), route);
    if (needsSlash(resource, route)) acknowledgeRoute(addBelow(resource, integration, options), route);
  }
  addTheRest(api, integrations.api);
  for (const [code, problem] of Object.entries(gatewayProblems)) addProblem(api, code, problem, settings);
  if (settings.domain !== undefined) addDomain(stack, api, settings.domain);
  if (settings.firewall !== undefined) addFirewall(stack, api, settings.firewall.requestsPerFiveMinutes);
  new CfnOutput(stack, 'ApiAddress', { value: settings.domain ? `https://${settings.domain.name}/` : api.url });
  return api;
}

function addRestApi(stack: Stack, { key }: Stores, settings: Settings): RestApi {
  const accessLogs = addLogGroup(stack, ACCESS_LOG, settings, key);
  const { perSecond, burst } = settings.throttle;
  const api = new RestApi(stack, 'gateway', {
    restApiName: stack.stackName,
    ...exposure(stack, settings),
    // Every body is passed on as bytes: gzip is told by Content-Encoding, which the gateway does not look at.
    binaryMediaTypes: ['*/*'],
    // One role for all APIs of an account and region; it stays, for another stack may have come to use it.
    cloudWatchRole: settings.gatewayLogRole,
    deployOptions: {
      stageName: 'live',
      throttlingRateLimit: perSecond,
      throttlingBurstLimit: burst,
      methodOptions: classifyThrottles(settings),
      loggingLevel: MethodLoggingLevel.ERROR,
      dataTraceEnabled: false,
      metricsEnabled: true,
      accessLogDestination: new LogGroupLogDestination(accessLogs),
      accessLogFormat: accessLogFormat(),
    },
  });
  acknowledge(api, 'AwsSolutions-APIG2', 'The functions validate every request against the schemas of its route.');
  acknowledge(
    api,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'API Gateway accepts no narrower policy for its one log role of the account.',
  );
  if (settings.firewall === undefined) {
    acknowledge(
      api.deploymentStage,
      'AwsSolutions-APIG3',
      'The stage is throttled and needs a key; a web firewall is an owner’s choice and a monthly price.',
    );
  }
  return api;
}

/** To the internet, or to the owner's endpoints of execute-api alone. */
function exposure(
  stack: Stack,
  { vpc, domain }: Settings,
): Pick<RestApiProps, 'endpointConfiguration' | 'policy' | 'disableExecuteApiEndpoint'> {
  const endpointIds = vpc?.privateApi?.endpointIds;
  if (endpointIds === undefined) {
    const endpointConfiguration = { types: [EndpointType.REGIONAL] };
    // With a name of the owner's there is one way in and not two.
    return domain === undefined
      ? { endpointConfiguration }
      : { endpointConfiguration, disableExecuteApiEndpoint: true };
  }
  const vpcEndpoints = endpointIds.map((vpcEndpointId) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, vpcEndpointId, { vpcEndpointId, port: 443 }),
  );
  const statement = {
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
  };
  const elsewhere = { StringNotEquals: { 'aws:SourceVpce': endpointIds } };
  return {
    endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints },
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement(statement),
        new PolicyStatement({ ...statement, effect: Effect.DENY, conditions: elsewhere }),
      ],
    }),
  };
}

/** Methods that run the models while the caller waits take longer than the others and are held to a rate of their own. */
function classifyThrottles({ throttle }: Settings): Record<string, MethodDeploymentOptions> {
  const slow = routes.filter(({ handledBy }) => handledBy === 'classify-http');
  const limits = {
    throttlingRateLimit: throttle.classifyPerSecond,
    throttlingBurstLimit: Math.min(throttle.burst, Math.ceil(throttle.classifyPerSecond * 2)),
    loggingLevel: MethodLoggingLevel.ERROR,
    metricsEnabled: true,
    dataTraceEnabled: false,
  };
  // Below a path lies what has a slash at its end. Its method is ANY, which the gateway counts by the methods asked for
  // and refuses in a setting: "Invalid method setting path", when it is deployed and not before.
  return Object.fromEntries(
    slow.flatMap(({ method, path }) => [`${path}/${method}`, `${path}/{proxy+}/${method}`].map((key) => [key, limits])),
  );
}

/**
 * What no route takes goes to `api` without a key: OPTIONS and other methods of every path, and paths that there are
 * not. It answers 204, 405 or 404 and reads nothing of anyone.
 */
function addTheRest(api: RestApi, integration: LambdaIntegration): void {
  const open = { authorizationType: AuthorizationType.NONE };
  const paths = new Set(routes.map(({ path }) => path));
  const methods = [...paths].map((path) => api.root.resourceForPath(path).addMethod('ANY', integration, open));
  for (const method of [...methods, addBelow(api.root, integration, open)]) {
    acknowledgeKeys(method);
    acknowledge(method, 'AwsSolutions-APIG4', 'It says what there is and from which pages it may be called, no more.');
  }
}

/** Who asked for what and how it went. Neither keys nor bodies nor query parameters. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      at: AccessLogField.contextRequestTime(),
      ip: AccessLogField.contextIdentitySourceIp(),
      method: AccessLogField.contextHttpMethod(),
      route: AccessLogField.contextResourcePath(),
      status: AccessLogField.contextStatus(),
      bytes: AccessLogField.contextResponseLength(),
      ms: AccessLogField.contextResponseLatency(),
      tenant: AccessLogField.contextAuthorizer('tenant'),
      keyId: AccessLogField.contextAuthorizer('keyId'),
      error: AccessLogField.contextErrorResponseType(),
    }),
  );
}

/**
 * To the gateway `/classify/` is another path than `/classify`. What has no resource goes to `api` without a key, where
 * it can only be sent on to the path without the slash: enough for what `api` answers with a key, and for nothing else.
 */
function needsSlash(resource: IResource, { path, handledBy, scope }: RouteTopology): boolean {
  return path !== '/' && (handledBy !== 'api' || scope === undefined) && resource.getResource('{proxy+}') === undefined;
}

type MethodOptions = NonNullable<Parameters<Resource['addMethod']>[2]>;

function addBelow(resource: RestApi['root'], integration: LambdaIntegration, options: MethodOptions): Method {
  return resource.addResource('{proxy+}').addMethod('ANY', integration, options);
}

function acknowledgeRoute(method: Method, { scope }: RouteTopology): void {
  acknowledgeKeys(method);
  if (scope === undefined) {
    acknowledge(method, 'AwsSolutions-APIG4', 'Open on purpose: it says whether the service is up, and nothing else.');
  }
}

function acknowledgeKeys(method: Method): void {
  acknowledge(
    method,
    'AwsSolutions-COG4',
    'Callers are programs with keys of our own, checked by our authorizer; there are no users to pool.',
  );
}

/** Values are written between quotes here, so that those which hold quotes (a page's policy) are left out: no problem is a page. */
function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  const plain = Object.entries(headers).filter(([, value]) => !value.includes("'"));
  return Object.fromEntries(plain.map(([name, value]) => [name, `'${value}'`]));
}

function addProblem(
  api: RestApi,
  code: string,
  { responses, status, title, detail, retryAfterSeconds }: GatewayProblem,
  { cors }: Settings,
): void {
  const problem = { type: problemType(code), title, status, detail, requestId: '$context.requestId' };
  for (const response of responses) {
    api.addGatewayResponse(`problem-${response}`, {
      type: ResponseType.of(response),
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': `'${PROBLEM_MEDIA_TYPE}'`,
        ...quoted(SECURITY_HEADERS),
        ...quoted(fixedCorsHeaders(cors)),
        ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${retryAfterSeconds}'` }),
      },
      templates: { 'application/json': JSON.stringify(problem) },
    });
  }
}
