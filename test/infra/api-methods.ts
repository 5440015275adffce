import * as z from 'zod';
import type { Resource } from './synthesize.ts';

const methodSchema = z.object({
  HttpMethod: z.string(),
  ResourceId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
  AuthorizationType: z.string(),
});
const resourceSchema = z.object({
  PathPart: z.string(),
  ParentId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
});

/** `POST /v1/batches` and how it is authorised, of every method of the API. */
export function apiMethods(resources: readonly Resource[]): readonly { name: string; authorization: string }[] {
  const pathOf = (id: string | undefined): string => {
    const found = resources.find((resource) => resource.id === id);
    if (found === undefined) return '';
    const { PathPart, ParentId } = resourceSchema.parse(found.properties);
    return `${pathOf(ParentId?.Ref)}/${PathPart}`;
  };
  return resources
    .filter(({ type }) => type === 'AWS::ApiGateway::Method')
    .map(({ properties }) => {
      const { HttpMethod, ResourceId, AuthorizationType } = methodSchema.parse(properties);
      return { name: `${HttpMethod} ${pathOf(ResourceId?.Ref) || '/'}`, authorization: AuthorizationType };
    });
}
