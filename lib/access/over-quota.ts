import { InvalidInput } from '../domain/errors.ts';

/** A limit as its user is told of it, in the words of the RateLimit header fields. */
export interface Policy {
  readonly name: 'requests' | 'lines';
  readonly quota: number;
  readonly windowSeconds: number;
}
/** What is left of a policy, as far as this process knows. */
export interface Standing extends Policy {
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** 429: come back when the window is over. */
export class OverQuota extends InvalidInput {
  readonly standing: Standing;

  constructor(standing: Standing, detail: string) {
    super(standing.name === 'requests' ? 'too-many-requests' : 'line-quota', detail, { status: 429 });
    this.standing = standing;
  }
}

/** `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10; the tightest policy of each name. */
export function rateLimitHeaders(standings: readonly Standing[]): Record<string, string> {
  if (standings.length === 0) return {};
  const policies = standings.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`);
  const left = standings.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`);
  return { 'ratelimit-policy': policies.join(', '), ratelimit: left.join(', ') };
}
