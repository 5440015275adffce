import type { Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type ISubnet, type IVpc, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/** Where the functions run, where the owner wants them in a network of their own. */
export interface Network {
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  readonly securityGroups: ISecurityGroup[];
}

/** By ids and without a look-up, so that the template is the same without credentials. */
export function findNetwork(stack: Stack, { vpc: settings }: Settings): Network | undefined {
  if (settings === undefined) return undefined;
  const vpc = Vpc.fromVpcAttributes(stack, 'vpc', {
    vpcId: settings.vpcId,
    // Only the subnets named are used; the zones are not asked for by anything.
    availabilityZones: settings.subnetIds.map((_, index) => `zone-${index}`),
    privateSubnetIds: settings.subnetIds,
  });
  return {
    vpc,
    subnets: settings.subnetIds.map((id, index) => Subnet.fromSubnetId(stack, `subnet-${index}`, id)),
    securityGroups: settings.securityGroupIds.map((id, index) =>
      SecurityGroup.fromSecurityGroupId(stack, `security-group-${index}`, id, { mutable: false }),
    ),
  };
}

/** Lambda makes a network interface in the function's name; EC2 knows no narrower resource for these. */
export function grantNetwork(role: Role, network: Network | undefined): void {
  if (network === undefined) return;
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'Network interfaces have no name before they are made.');
}
