import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says why a cdk-nag rule does not hold here. Every exception of the stack goes through this, next to what it is about. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
