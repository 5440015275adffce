import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ACTIONS } from '../../infra/cdk/access.ts';
import { functions, queues, tables } from '../../infra/topology.ts';
import { everySetting, privateSetting, type Resource, synthesize } from './synthesize.ts';

const { resources } = synthesize(everySetting);
const inside = synthesize(privateSetting).resources;

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
});
const policySchema = z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) });
function policiesOf(all: readonly Resource[]) {
  return all
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .map(({ id, properties }) => ({ id, statements: policySchema.parse(properties).PolicyDocument.Statement }));
}
const rolePolicies = policiesOf(resources);
const plain = (name: string): string => name.replaceAll('-', '');

/** Calls of the AWS SDK -> the rights they need by `ACTIONS`; those that only one function or nobody has are elsewhere. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  CompleteMultipartUpload: ['s3:PutObject'],
  CreateMultipartUpload: ['s3:PutObject'],
  GetObject: ['s3:GetObject'],
  HeadObject: ['s3:GetObject'],
  ListObjectsV2: ['s3:ListBucket'],
  ListParts: ['s3:ListMultipartUploadParts'],
  PutObject: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  GetItem: ['dynamodb:GetItem'],
  PutItem: ['dynamodb:PutItem'],
  Query: ['dynamodb:Query'],
  UpdateItem: ['dynamodb:UpdateItem'],
  SendMessageBatch: [],
  ReceiveMessage: [],
  DeleteMessageBatch: [],
  GetQueueAttributes: [],
  PutEvents: [],
  GetSecretValue: [],
  // No function deletes: lifecycle rules do.
  DeleteObject: [],
};
describe('the rights of the functions', () => {
  it('gives no right by wildcard, but for the objects of its own buckets', () => {
    for (const { id, statements } of rolePolicies) {
      for (const { Action, Resource } of statements) {
        expect(
          Action.filter((action) => action.includes('*')),
          id,
        ).toEqual([]);
        const wild = [Resource].flat().filter((resource) => JSON.stringify(resource).includes('*'));
        for (const resource of wild) {
          expect(resource).toEqual({
            'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/bucket/), 'Arn'] }, '/*']],
          });
        }
      }
    }
  });

  it('in a network gives the one wildcard that network interfaces need, and with a key no more than its use', () => {
    const wild = policiesOf(inside).flatMap(({ statements }) =>
      statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action),
    );
    const actions = policiesOf(inside).flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));

    expect(new Set(wild.map((action) => action.split(':')[0]))).toEqual(new Set(['ec2']));
    expect([...new Set(actions.filter((action) => action.startsWith('kms:')))].sort()).toEqual([
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
    ]);
  });

  it('holds every role within the owner’s boundary', () => {
    const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');

    expect(roles.length).toBeGreaterThan(8);
    for (const { id, properties } of roles) {
      expect(properties.PermissionsBoundary, id).toBe(everySetting.permissionsBoundary);
    }
  });

  it('grants every call that the adapters make, and no call that they do not', () => {
    const root = new URL('../../', import.meta.url);
    const called = globSync('lib/aws/*.ts', { cwd: root }).flatMap((file) =>
      [...readFileSync(new URL(file, root), 'utf8').matchAll(/new (\w+)Command\(/g)].map((match) => match[1] ?? ''),
    );
    const needed = called.flatMap((command) => RIGHTS[command] ?? [`no right is known for ${command}`]);

    const granted = Object.values(ACTIONS).flat();
    // S3 asks for one more when a version is named.
    expect([...new Set(granted)].sort()).toEqual([...new Set([...needed, 's3:GetObjectVersion'])].sort());
  });

  it('lets the sweep take dead letters, from those queues alone, and nobody else take what it does not hear', () => {
    const taking = rolePolicies.flatMap(({ id, statements }) =>
      statements.flatMap(({ Action, Resource }) =>
        Action.includes('sqs:ReceiveMessage')
          ? [Resource].flat().map((queue) => [id, JSON.stringify(queue)] as const)
          : [],
      ),
    );

    const dead = taking.filter(([, queue]) => queue.includes('dead'));
    expect(dead).toHaveLength(Object.keys(queues).length);
    expect(dead.filter(([id]) => !id.startsWith('sweeprole'))).toEqual([]);
    const heard = Object.values(functions).flatMap(({ hears = [] }) => hears);
    expect(taking.length - dead.length).toBe(heard.length);
  });

  it('lets only functions that write a table write to it', () => {
    const mayWrite = (name: string) =>
      rolePolicies
        .filter(({ statements }) =>
          statements.some(
            ({ Action, Resource }) =>
              Action.includes('dynamodb:PutItem') && JSON.stringify(Resource).includes(`${name}table`),
          ),
        )
        .map(({ id }) => id.replace(/roleDefaultPolicy[0-9A-F]{8}$/, ''))
        .sort();

    for (const name of Object.keys(tables)) {
      const writers = Object.entries(functions).filter(([, { writes }]) => writes.some((written) => written === name));
      expect(mayWrite(name)).toEqual(writers.map(([writer]) => plain(writer)).sort());
    }
  });
});
