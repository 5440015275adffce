import type { LabelSet } from '../../lib/domain/label-set.ts';
import type { TenantRule } from '../../lib/domain/tenant-rule.ts';
import type { LabelSetStore, RuleSetStore, TenantSettings, TenantSettingsStore } from '../../lib/ports.ts';

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
  return memoryContents<LabelSet>();
}

/** Rule sets in memory. */
export function memoryRuleSets(): RuleSetStore {
  return memoryContents<readonly TenantRule[]>();
}

function memoryContents<Content>() {
  const sets = new Map<string, Content>();
  return {
    keep: async (tenant: string, hash: string, content: Content) => {
      sets.set(`${tenant}#${hash}`, JSON.parse(JSON.stringify(content)));
    },
    get: async (tenant: string, hash: string) => structuredClone(sets.get(`${tenant}#${hash}`)),
  };
}
