import { marshall } from '@aws-sdk/util-dynamodb';

type Value = string | number | boolean | object;

/** What to do to an item, in words; `updateExpression` puts it into DynamoDB's. */
export interface Update {
  /** An undefined value removes the attribute. */
  readonly set?: Readonly<Record<string, Value | undefined>>;
  readonly setIfAbsent?: Readonly<Record<string, Value>>;
  /** Set-adds, and numbers that are added to what stands. */
  readonly add?: Readonly<Record<string, ReadonlySet<number> | ReadonlySet<string> | number>>;
  readonly onlyIf?: readonly Condition[];
}
export type Condition =
  | { readonly kind: 'present'; readonly name: string }
  | { readonly kind: 'absent'; readonly name: string }
  | { readonly kind: 'among'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'equals'; readonly name: string; readonly value: Value }
  | { readonly kind: 'absent-or-below'; readonly name: string; readonly value: number }
  | { readonly kind: 'holds-not'; readonly name: string; readonly value: number };

/** Names and values always travel beside the expression, never in it. */
export function updateExpression(update: Update) {
  const terms = termsOf();
  const set = [
    ...Object.entries(update.set ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [`${terms.name(name)} = ${terms.value(value)}`],
    ),
    ...Object.entries(update.setIfAbsent ?? {}).map(
      ([name, value]) => `${terms.name(name)} = if_not_exists(${terms.name(name)}, ${terms.value(value)})`,
    ),
  ];
  const remove = Object.entries(update.set ?? {}).flatMap(([name, value]) =>
    value === undefined ? [terms.name(name)] : [],
  );
  const add = Object.entries(update.add ?? {}).map(([name, value]) => `${terms.name(name)} ${terms.value(value)}`);
  const conditions = (update.onlyIf ?? []).map((condition) => conditionText(condition, terms));
  const clauses = { SET: set, REMOVE: remove, ADD: add };
  return {
    UpdateExpression: Object.entries(clauses)
      .filter(([, parts]) => parts.length > 0)
      .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
      .join(' '),
    ConditionExpression: conditions.length === 0 ? undefined : conditions.join(' AND '),
    ...terms.attributes(),
  };
}

function termsOf() {
  const names = new Map<string, string>();
  const values = new Map<string, Value>();
  return {
    name: (name: string) => {
      const known = [...names].find(([, attribute]) => attribute === name)?.[0];
      const placeholder = known ?? `#n${names.size}`;
      names.set(placeholder, name);
      return placeholder;
    },
    value: (value: Value) => {
      const placeholder = `:v${values.size}`;
      values.set(placeholder, value);
      return placeholder;
    },
    attributes: () => ({
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues:
        values.size === 0 ? undefined : marshall(Object.fromEntries(values), { removeUndefinedValues: true }),
    }),
  };
}

function conditionText(condition: Condition, terms: ReturnType<typeof termsOf>): string {
  const name = terms.name(condition.name);
  switch (condition.kind) {
    case 'present':
      return `attribute_exists(${name})`;
    case 'absent':
      return `attribute_not_exists(${name})`;
    case 'among':
      return `${name} IN (${condition.values.map((value) => terms.value(value)).join(', ')})`;
    case 'equals':
      return `${name} = ${terms.value(condition.value)}`;
    case 'absent-or-below':
      return `(attribute_not_exists(${name}) OR ${name} < ${terms.value(condition.value)})`;
    case 'holds-not':
      return `(NOT contains(${name}, ${terms.value(condition.value)}))`;
    default:
      return condition satisfies never;
  }
}
