import type { LabelSet } from '../../lib/domain/label-set.ts';
import type { LabelSetStore, TenantSettings, TenantSettingsStore } from '../../lib/ports.ts';

/** Tenants' settings in memory, through JSON as a store would have them. */
export function memoryTenantSettings(): TenantSettingsStore {
  const settings = new Map<string, TenantSettings>();
  return {
    get: async (tenant) => structuredClone(settings.get(tenant)),
    put: async (tenant, fresh, ifVersion) => {
      if (ifVersion !== undefined && (settings.get(tenant)?.version ?? 'none') !== ifVersion) return false;
      settings.set(tenant, JSON.parse(JSON.stringify(fresh)));
      return true;
    },
  };
}

/** Label sets in memory. */
export function memoryLabelSets(): LabelSetStore {
  const sets = new Map<string, LabelSet>();
  return {
    keep: async (tenant, hash, labels) => {
      sets.set(`${tenant}#${hash}`, JSON.parse(JSON.stringify(labels)));
    },
    get: async (tenant, hash) => structuredClone(sets.get(`${tenant}#${hash}`)),
  };
}
