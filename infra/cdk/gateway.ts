import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  RequestAuthorizer,
  type Resource,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PROBLEM_MEDIA_TYPE, problemType } from '../../lib/http/problem.ts';
import { type GatewayProblem, gatewayProblems } from '../gateway-problems.ts';
import { gateway, type RouteTopology, routes } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import { ownLogGroupPrefix } from './environment.ts';
import type { Functions } from './functions.ts';

/** The REST API: every route of the topology, and everything else to `api`, which answers 404 as a problem document. */
export function addGateway(stack: Stack, functions: Functions): RestApi {
  const api = addRestApi(stack);
  // One permission for the whole API in place of two for every method.
  const once = { scopePermissionToMethod: false };
  const integrations = {
    api: new LambdaIntegration(functions.api, once),
    'classify-http': new LambdaIntegration(functions['classify-http'], once),
  };
  const authorizer = new RequestAuthorizer(stack, 'authorizer', {
    handler: functions.authorize,
    identitySources: [IdentitySource.header('x-api-key')],
    resultsCacheTtl: Duration.seconds(gateway.authorizerCacheSeconds),
  });
  const withKey = { authorizer, authorizationType: AuthorizationType.CUSTOM };

  for (const route of routes) {
    const resource = api.root.resourceForPath(route.path);
    const open = route.scope === undefined;
    const method = resource.addMethod(
      route.method,
      integrations[route.handledBy],
      open ? { authorizationType: AuthorizationType.NONE } : withKey,
    );
    acknowledgeRoute(method, route);
    // To the gateway `/classify/` is another path than `/classify`.
    if (route.handledBy !== 'api') addBelow(resource, integrations[route.handledBy], withKey);
  }
  acknowledgeKeys(addBelow(api.root, integrations.api, withKey));
  for (const [code, problem] of Object.entries(gatewayProblems)) addProblem(api, code, problem);
  new CfnOutput(stack, 'ApiAddress', { value: api.url });
  return api;
}

function addRestApi(stack: Stack): RestApi {
  const accessLogs = new LogGroup(stack, 'access-logs', {
    logGroupName: `${ownLogGroupPrefix(stack)}access`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const api = new RestApi(stack, 'gateway', {
    restApiName: stack.stackName,
    endpointTypes: [EndpointType.REGIONAL],
    // Every body is passed on as bytes: gzip is told by Content-Encoding, which the gateway does not look at.
    binaryMediaTypes: ['*/*'],
    cloudWatchRole: true,
    deployOptions: {
      stageName: 'live',
      throttlingRateLimit: gateway.throttle.perSecond,
      throttlingBurstLimit: gateway.throttle.burst,
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
  acknowledge(
    api.deploymentStage,
    'AwsSolutions-APIG3',
    'The stage is throttled and needs a key; a web firewall is an owner’s choice and a monthly price.',
  );
  return api;
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

type MethodOptions = NonNullable<Parameters<Resource['addMethod']>[2]>;

function addBelow(resource: RestApi['root'], integration: LambdaIntegration, options: MethodOptions): Method {
  const method = resource.addResource('{proxy+}').addMethod('ANY', integration, options);
  acknowledgeKeys(method);
  return method;
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

function addProblem(api: RestApi, code: string, { responses, status, title, detail }: GatewayProblem): void {
  const problem = { type: problemType(code), title, status, detail, requestId: '$context.requestId' };
  for (const response of responses) {
    api.addGatewayResponse(`problem-${response}`, {
      type: ResponseType.of(response),
      statusCode: String(status),
      responseHeaders: { 'Content-Type': `'${PROBLEM_MEDIA_TYPE}'`, 'Cache-Control': "'no-store'" },
      templates: { 'application/json': JSON.stringify(problem) },
    });
  }
}
