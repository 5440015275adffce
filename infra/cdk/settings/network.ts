import * as z from 'zod';

const certificateArn = z
  .string({ error: 'a domain needs the ARN of a certificate of AWS Certificate Manager in the stack’s own region' })
  .regex(/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, 'not the ARN of a certificate of Certificate Manager');

/** A name of the owner's for the API. Without `hostedZoneId` the owner points the name at the output `DomainTarget`. */
export const domainSchema = z.strictObject({
  name: z.hostname('not a host name'),
  certificateArn,
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{5,31}$/, 'not the id of a hosted zone of Route 53')
    .optional(),
});

/** Web pages that may call the API from a browser. A star would let every page on the web spend a key it got hold of. */
export const corsSchema = z
  .array(
    z.string().regex(/^https:\/\/[a-z0-9.-]+(:\d{1,5})?$|^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/, {
      error: 'an origin is https:// and a host, without a path; * is not taken',
    }),
  )
  .max(20)
  .default([]);

const id = (kind: string) => z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `not the id of a ${kind}`);

/**
 * Functions in the owner's subnets. They reach AWS by VPC endpoints or a NAT gateway, and a language model only by the
 * latter; what each costs: docs/DEPLOY.md.
 */
export const vpcSchema = z
  .strictObject({
    vpcId: id('vpc'),
    subnetIds: z.array(id('subnet')).min(1, 'name at least one subnet; two in different zones outlive a zone'),
    securityGroupIds: z.array(id('sg')).min(1, 'name the security group that the functions leave through'),
    /** Makes the endpoints the functions need: S3 and DynamoDB in the route tables named, SQS, EventBridge and secrets in the subnets. */
    endpoints: z.strictObject({ routeTableIds: z.array(id('rtb')).min(1) }).optional(),
    /** The API answers these endpoints of execute-api only, and nothing on the internet. */
    privateApi: z.strictObject({ endpointIds: z.array(id('vpce')).min(1) }).optional(),
  })
  .optional();

/**
 * A web firewall with a rate by address and Amazon's list of bad addresses. None of the managed rules that read bodies:
 * log lines look like attacks because they report them.
 */
export const firewallSchema = z.strictObject({ requestsPerFiveMinutes: z.int().min(10).max(2_000_000_000) }).optional();
