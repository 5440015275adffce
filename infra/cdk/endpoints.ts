import type { Stack } from 'aws-cdk-lib';
import { CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Settings } from './settings.ts';

/** Services by which functions without a way out reach AWS. The first two cost nothing; each of the others about $7.30 a month and subnet. */
const GATEWAYS = ['s3', 'dynamodb'] as const;
const INTERFACES = ['sqs', 'events'] as const;

/** The VPC endpoints that the functions need, where the owner wants them from this stack. Functions' own logs take another way. */
export function addEndpoints(stack: Stack, { vpc, llm, errors, encryptionKey }: Settings): void {
  if (vpc?.endpoints === undefined) return;
  const serviceName = (service: string) => `com.amazonaws.${stack.region}.${service}`;
  for (const service of GATEWAYS) {
    new CfnVPCEndpoint(stack, `${service}-endpoint`, {
      vpcId: vpc.vpcId,
      serviceName: serviceName(service),
      vpcEndpointType: 'Gateway',
      routeTableIds: vpc.endpoints.routeTableIds,
    });
  }
  const wanted = [
    ...INTERFACES,
    ...(llm === undefined && errors?.otlpHeadersSecretArn === undefined ? [] : ['secretsmanager']),
    ...(encryptionKey === undefined ? [] : ['kms']),
  ];
  for (const service of wanted) {
    new CfnVPCEndpoint(stack, `${service}-endpoint`, {
      vpcId: vpc.vpcId,
      serviceName: serviceName(service),
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: vpc.subnetIds,
      securityGroupIds: vpc.securityGroupIds,
    });
  }
}
