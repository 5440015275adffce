import type { Stack } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter, FilterPattern } from 'aws-cdk-lib/aws-logs';
import { ENDED_BADLY } from '../../lib/report/error-report.ts';
import type { Functions } from './functions.ts';
import type { Settings } from './settings.ts';

/** Our own lines at level error, and what Lambda writes of a call that ended badly. */
const ERRORS = FilterPattern.anyTerm('"level":"error"', ...ENDED_BADLY).logPatternString;

/** Where the owner wants errors sent: the errors in every function's log go to `report-errors`, but for its own. */
export function forwardErrors(stack: Stack, functions: Functions, { errors }: Settings): void {
  if (errors === undefined) return;
  const { 'report-errors': reporter, ...others } = functions;
  const permission = new CfnPermission(stack, 'errors-permission', {
    action: 'lambda:InvokeFunction',
    functionName: reporter.alias.functionArn,
    principal: 'logs.amazonaws.com',
    sourceAccount: stack.account,
    sourceArn: `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/lambda/${stack.stackName}-*`,
  });
  for (const [name, { logGroup }] of Object.entries(others)) {
    const filter = new CfnSubscriptionFilter(stack, `${name}-errors-filter`, {
      logGroupName: logGroup.logGroupName,
      filterName: 'errors',
      filterPattern: ERRORS,
      destinationArn: reporter.alias.functionArn,
    });
    filter.addResourceDependency(permission);
  }
}
