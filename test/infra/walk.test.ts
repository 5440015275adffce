import { describe, expect, it } from 'vitest';
import { buckets, functions, lostDeliveries, queues, routes, tables } from '../../infra/topology.ts';
import { apiMethods } from './api-methods.ts';
import { synthesize } from './synthesize.ts';

// Without the options: what they add is theirs, and the topology's no more.
const { template, resources } = synthesize();
const methods = apiMethods(resources);
/** Logical ids without the hash that CDK appends. */
const ids = (type: string): readonly string[] =>
  resources.filter((resource) => resource.type === type).map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''));
const plain = (name: string): string => name.replaceAll('-', '');

describe('the template holds exactly what the topology describes', () => {
  it('functions', () => {
    expect([...ids('AWS::Lambda::Function')].sort()).toEqual(Object.keys(functions).map(plain).sort());
  });

  it('queues, each with its dead letters, and the queue of lost deliveries', () => {
    const named = [...Object.keys(queues).flatMap((name) => [name, `${name}-dead`]), lostDeliveries.queue];

    expect([...ids('AWS::SQS::Queue')].sort()).toEqual(named.map(plain).sort());
  });

  it('tables and buckets', () => {
    expect([...ids('AWS::DynamoDB::Table')].sort()).toEqual(
      Object.keys(tables)
        .map((name) => `${name}table`)
        .sort(),
    );
    expect([...ids('AWS::S3::Bucket')].sort()).toEqual(
      Object.keys(buckets)
        .map((name) => `${name}bucket`)
        .sort(),
    );
  });

  it('routes, and the rest to a function that says 404', () => {
    // To the gateway a path with a slash at its end is another path.
    const slashed = routes.filter(
      ({ path, handledBy, scope }) => path !== '/' && (handledBy !== 'api' || scope === undefined),
    );
    const extra = new Set([
      'ANY /{proxy+}',
      ...slashed.map(({ path }) => `ANY ${path}/{proxy+}`),
      ...routes.map(({ path }) => `ANY ${path}`),
    ]);

    expect(methods.map(({ name }) => name).sort()).toEqual(
      [...routes.map(({ method, path }) => `${method} ${path}`), ...extra].sort(),
    );
  });

  it('event source mappings, schedules and subscriptions', () => {
    const heard = Object.values(functions).flatMap(({ hears }) => hears ?? []);
    const scheduled = Object.values(functions).filter(({ everyMinutes }) => everyMinutes !== undefined);

    template.resourceCountIs('AWS::Lambda::EventSourceMapping', heard.length);
    template.resourceCountIs('AWS::Events::Rule', scheduled.length);
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
  });
});
