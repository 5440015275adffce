import type { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Settings } from '../settings.ts';

/** The tag that all of the stack's resources bear, by which AWS tells their cost. */
export const COST_TAG = 'logsieve';

/** A monthly budget on the stack's tag: a mail at 80% spent, and when the month's forecast is above it. */
export function addBudget(stack: Stack, { monthlyUsd, email }: NonNullable<Settings['budget']>): void {
  const mail = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
    subscribers: [{ subscriptionType: 'EMAIL', address: email }],
  });
  new CfnBudget(stack, 'budget', {
    budget: {
      budgetName: stack.stackName,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      costFilters: { TagKeyValue: [`user:${COST_TAG}$${stack.stackName}`] },
    },
    notificationsWithSubscribers: [mail('ACTUAL', 80), mail('FORECASTED', 100)],
  });
}
