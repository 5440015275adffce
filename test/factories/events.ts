import { gzipSync } from 'node:zlib';
import type { APIGatewayRequestAuthorizerEvent, CloudWatchLogsEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import authorizerEvent from '../../events/authorizer.json' with { type: 'json' };
import { NOBODY } from './api.ts';

export function anSqsRecord(messageId: string, body: string, receives = 1): SQSRecord {
  return {
    messageId,
    body,
    receiptHandle: messageId,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:local:000000000000:queue',
    awsRegion: 'local',
  };
}

/** One message per body, `m0`, `m1`, ...; what is no text is sent as JSON. */
export function anSqsEvent(...bodies: readonly unknown[]): SQSEvent {
  return {
    Records: bodies.map((body, index) =>
      anSqsRecord(`m${index}`, typeof body === 'string' ? body : JSON.stringify(body)),
    ),
  };
}

/** Content as CloudWatch Logs delivers it: JSON in gzip in base64. */
export function aLogsEvent(content: unknown): CloudWatchLogsEvent {
  return { awslogs: { data: gzipSync(JSON.stringify(content)).toString('base64') } };
}

export function aDataMessage(fields: { logGroup?: string; owner?: string; messages?: readonly string[] } = {}) {
  const { logGroup = '/aws/ecs/shop', owner = '111122223333', messages = ['Backup completed successfully.'] } = fields;
  return {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    logStream: 'orders/0f1e2d',
    subscriptionFilters: ['logsieve'],
    logEvents: messages.map((message, index) => ({
      id: `event-${index}`,
      timestamp: 1_793_606_400_000 + index,
      message,
    })),
  };
}

/** The authorizer's event with these headers. */
export function anAuthorizerEvent(headers: Record<string, string> | null): APIGatewayRequestAuthorizerEvent {
  const { requestContext } = authorizerEvent;
  const identity = { ...NOBODY, sourceIp: requestContext.identity.sourceIp };
  return {
    ...authorizerEvent,
    type: 'REQUEST',
    headers,
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      ...requestContext,
      authorizer: undefined,
      protocol: 'HTTP/1.1',
      requestTimeEpoch: 0,
      resourceId: 'resource',
      identity,
    },
  };
}
