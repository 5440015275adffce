import type { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';

/** $5 a month, $1 for each of the two rules, $0.60 for a million requests. */
export function addFirewall(stack: Stack, api: RestApi, requestsPerFiveMinutes: number): void {
  const acl = new CfnWebACL(stack, 'firewall', {
    name: stack.stackName,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(`${stack.stackName}-firewall`),
    rules: [
      {
        name: 'rate-by-address',
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: requestsPerFiveMinutes, aggregateKeyType: 'IP' } },
        visibilityConfig: visibility(`${stack.stackName}-rate`),
      },
      {
        name: 'bad-addresses',
        priority: 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesAmazonIpReputationList' },
        },
        visibilityConfig: visibility(`${stack.stackName}-bad-addresses`),
      },
    ],
  });
  new CfnWebACLAssociation(stack, 'firewall-association', {
    webAclArn: acl.attrArn,
    resourceArn: api.deploymentStage.stageArn,
  });
}

/** Numbers only: a sampled request would show a key. */
function visibility(metricName: string) {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
