import * as z from 'zod';

/** What a key or a tenant may use. Requests are counted in whole minutes of the clock, lines in days of UTC. */
export const quotaSchema = z.strictObject({
  requestsPerMinute: z.int().min(1).max(1_000_000_000),
  linesPerDay: z.int().min(0).max(1_000_000_000_000_000),
});
export type Quota = z.infer<typeof quotaSchema>;
export const partialQuotaSchema = quotaSchema.partial();
export type PartialQuota = z.infer<typeof partialQuotaSchema>;

/** What tenants may use: everybody's, and what differs for some. */
export const quotasSchema = z.strictObject({
  everyone: partialQuotaSchema.default({}),
  tenants: z.record(z.string(), partialQuotaSchema).default({}),
});
export type Quotas = z.infer<typeof quotasSchema>;

/** Above what one stack of this service judges in a day; they bound a loop that went wrong, not a customer. */
export const GENEROUS: Quota = { requestsPerMinute: 600_000, linesPerDay: 5_000_000_000 };

export function quotaOf({ everyone, tenants }: Quotas, tenant: string): Quota {
  return { ...GENEROUS, ...everyone, ...(Object.hasOwn(tenants, tenant) ? tenants[tenant] : {}) };
}
