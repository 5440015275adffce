import * as z from 'zod';
import type { Resource } from './synthesize.ts';

const methodSchema = z.object({
  HttpMethod: z.string(),
  ResourceId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
  AuthorizationType: z.string(),
  Integration: z.unknown(),
});
const resourceSchema = z.object({
  PathPart: z.string(),
  ParentId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
});

export interface ApiMethod {
  /** `POST /v1/batches`. */
  readonly name: string;
  readonly authorization: string;
  /** Logical id of the function's alias. */
  readonly calls: string;
}

/** Every method of the API. */
export function apiMethods(resources: readonly Resource[]): readonly ApiMethod[] {
  const pathOf = (id: string | undefined): string => {
    const found = resources.find((resource) => resource.id === id);
    if (found === undefined) return '';
    const { PathPart, ParentId } = resourceSchema.parse(found.properties);
    return `${pathOf(ParentId?.Ref)}/${PathPart}`;
  };
  return resources
    .filter(({ type }) => type === 'AWS::ApiGateway::Method')
    .map(({ properties }) => {
      const { HttpMethod, ResourceId, AuthorizationType, Integration } = methodSchema.parse(properties);
      const calls = /"Ref":"(\w+live[0-9A-F]{8})"/.exec(JSON.stringify(Integration))?.[1] ?? '';
      return { name: `${HttpMethod} ${pathOf(ResourceId?.Ref) || '/'}`, authorization: AuthorizationType, calls };
    });
}
