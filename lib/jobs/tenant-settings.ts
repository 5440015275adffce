import { contentHash } from '../cascade/cascade-version.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Terms } from '../domain/terms.ts';
import type { Clock, TenantSettings, TenantSettingsStore } from '../ports.ts';

export interface SettingsPorts {
  readonly settings: TenantSettingsStore;
  readonly clock: Clock;
}

/** A tenant's settings as they stand; those of a tenant that has set nothing have a version too. */
export async function readSettings(
  { settings }: Pick<SettingsPorts, 'settings'>,
  tenant: string,
): Promise<StandingSettings> {
  return (await settings.get(tenant)) ?? { terms: {}, version: NOTHING_SET };
}
export type StandingSettings = Pick<TenantSettings, 'terms' | 'version'> & { readonly changedAt?: string };

/** Sets a tenant's terms; with `ifVersion` only where that version stands. Throws `InvalidInput('version')` (412) where it does not. */
export async function writeSettings(
  { settings, clock }: SettingsPorts,
  tenant: string,
  terms: Terms,
  ifVersion?: string,
): Promise<StandingSettings> {
  const fresh = { terms, version: settingsVersion(terms), changedAt: clock.now().toISOString() };
  const isPut =
    ifVersion === undefined ? await settings.put(tenant, fresh) : await putOver(settings, tenant, fresh, ifVersion);
  if (isPut) return fresh;
  throw new InvalidInput('version', 'the settings were changed since: read them again', { status: 412 });
}

const TRIES = 5;

/** Changes some of a tenant's terms and keeps the others, whoever changes those meanwhile. `ifVersion` as in `writeSettings`. */
export async function changeSettings(
  ports: SettingsPorts,
  tenant: string,
  change: Partial<Terms>,
  ifVersion?: string,
): Promise<StandingSettings> {
  for (let attempt = 1; ; attempt += 1) {
    const { terms, version } = await readSettings(ports, tenant);
    try {
      return await writeSettings(ports, tenant, { ...terms, ...change }, ifVersion ?? version);
    } catch (error) {
      const isOutrun = error instanceof InvalidInput && error.code === 'version' && ifVersion === undefined;
      if (!isOutrun || attempt === TRIES) throw error;
    }
  }
}

/** Of a tenant that has set nothing there is no item; once it has, an empty one may stand. */
async function putOver(settings: TenantSettingsStore, tenant: string, fresh: TenantSettings, ifVersion: string) {
  if (ifVersion === NOTHING_SET && (await settings.put(tenant, fresh, 'none'))) return true;
  return settings.put(tenant, fresh, ifVersion);
}

function settingsVersion(terms: Terms): string {
  return contentHash(terms).slice(0, 16);
}

const NOTHING_SET = settingsVersion({});
