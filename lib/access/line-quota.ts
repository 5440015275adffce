import type { PartialQuota } from '../domain/quota.ts';
import type { User } from '../metrics/use.ts';
import type { Use } from '../ports.ts';
import { OverQuota } from './over-quota.ts';
import type { QuotaGate } from './quota-gate.ts';

/** Whose lines a job's are: its tenant's, and those of the key that made it, where one did. */
export interface LineOwner {
  readonly tenant: string;
  readonly kind: 'batch' | 'upload' | 'log-group';
  /** They were counted when they were sent: the sender was there to be told. */
  readonly counted?: true;
  readonly by?: { readonly keyId: string; readonly quota?: PartialQuota };
}

/** The lines of jobs against quotas. */
export interface LineQuota {
  /** False where they have to wait. `once` names the lines: the same name is counted once, in any process. */
  take(owner: LineOwner, lines: number, once: string): Promise<boolean>;
  /** Whether so many are left to go on with, or a whole day's where they are more than that. */
  areLeft(owner: LineOwner, lines: number): Promise<boolean>;
}

/** Where a job's lines come from, in counts of use and in metrics. */
const DOORS = { batch: 'batch', upload: 'upload', 'log-group': 'logs' } as const;
/** Who uses lines that came without a key. */
const KEYLESS = { batch: 'drops', upload: 'drops', 'log-group': 'logs' } as const;

export function openLineQuota(
  quota: QuotaGate,
  tell: {
    used(use: Partial<Use>, user: User): void;
    count(metric: 'lines' | 'throttled', label: string, by: number): void;
  },
): LineQuota {
  return {
    take: async ({ tenant, kind, by, counted }, lines, once) => {
      if (counted) return true;
      try {
        if (!(await quota.wholeLines({ tenant, ...by }, lines, once))) return true;
      } catch (error) {
        if (!(error instanceof OverQuota)) throw error;
        tell.count('throttled', 'job', 1);
        return false;
      }
      tell.count('lines', DOORS[kind], lines);
      tell.used({ lines }, { tenant, keyId: by?.keyId ?? KEYLESS[kind] });
      return true;
    },
    areLeft: ({ tenant, by }, lines) => quota.hasWholeLines({ tenant, ...by }, lines),
  };
}
