import { afterAll, describe, expect, it } from 'vitest';
import { dynamoLabelSets, dynamoTenantSettings } from '../../lib/aws/tenant-store.ts';
import type { LabelSetStore, TenantSettings, TenantSettingsStore } from '../../lib/ports.ts';
import { aLabelSet } from '../factories/label-sets.ts';
import { fakeClock } from '../fakes/clock.ts';
import { memoryLabelSets, memoryTenantSettings } from '../fakes/tenant-store.ts';
import { place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
const dynamo = async () => (await laptop.open()).clients.dynamo;

const settings = (version: string, anomalyBaseRate = 0.1): TenantSettings => ({
  terms: { labels: aLabelSet(['Billing', { name: 'Shipping', description: 'parcels "and" <more>' }]), anomalyBaseRate },
  version,
  changedAt: '2026-03-01T10:00:00.000Z',
});

let tenants = 0;
/** The laptop's table is one for all tests of the file. */
const aTenant = () => `tenant-${tenants++}`;

const settingsStores: Record<string, () => Promise<TenantSettingsStore>> = {
  memory: async () => memoryTenantSettings(),
  [`dynamodb on ${place}`]: async () => dynamoTenantSettings(await dynamo(), 'jobs', fakeClock()),
};
describe.each(Object.entries(settingsStores))("tenants' settings: %s", (_name, open) => {
  it('knows what was put last, for its tenant only', async () => {
    const [store, tenant] = [await open(), aTenant()];

    await store.put(tenant, settings('v1'));
    await store.put(tenant, settings('v2', 0.2));

    expect(await store.get(tenant)).toEqual(settings('v2', 0.2));
    expect(await store.get(aTenant())).toBeUndefined();
  });

  it('keeps terms that are empty', async () => {
    const [store, tenant] = [await open(), aTenant()];

    await store.put(tenant, { ...settings('v1'), terms: {} });

    expect((await store.get(tenant))?.terms).toEqual({});
  });

  it('changes a version only where it stands, and nothing only where there is nothing', async () => {
    const [store, tenant] = [await open(), aTenant()];

    const first = [await store.put(tenant, settings('v1'), 'v0'), await store.put(tenant, settings('v1'), 'none')];
    const second = [await store.put(tenant, settings('v2'), 'none'), await store.put(tenant, settings('v2'), 'v1')];

    expect([first, second]).toEqual([
      [false, true],
      [false, true],
    ]);
    expect((await store.get(tenant))?.version).toBe('v2');
  });
});

const labelStores: Record<string, () => Promise<LabelSetStore>> = {
  memory: async () => memoryLabelSets(),
  [`dynamodb on ${place}`]: async () => dynamoLabelSets(await dynamo(), 'jobs', fakeClock()),
};
describe.each(Object.entries(labelStores))('label sets: %s', (_name, open) => {
  it('gives a set by its hash, to its tenant only', async () => {
    const [store, tenant] = [await open(), aTenant()];
    const labels = aLabelSet(['Billing', { name: 'Größe', examples: ['a\nb', '"quoted"'] }], 'about {}');

    await store.keep(tenant, 'hash', labels);
    await store.keep(tenant, 'hash', labels);

    expect(await store.get(tenant, 'hash')).toEqual(labels);
    expect(await store.get(tenant, 'other')).toBeUndefined();
    expect(await store.get(aTenant(), 'hash')).toBeUndefined();
  });

  it('takes a set as large as the doors let in', async () => {
    const [store, tenant] = [await open(), aTenant()];
    const names = Array.from({ length: 100 }, (_, index) => ({
      name: `${'長'.repeat(60)}${index}`,
      description: '長'.repeat(400),
    }));
    const labels = aLabelSet(names);

    await store.keep(tenant, 'large', labels);

    expect(await store.get(tenant, 'large')).toEqual(labels);
  });
});

describe('label sets in DynamoDB', () => {
  it('outlive every job that begins on the day they were last used, by whatever process', async () => {
    const clock = fakeClock();
    const [store, tenant] = [dynamoLabelSets(await dynamo(), 'jobs', clock), aTenant()];
    await store.keep(tenant, 'hash', aLabelSet());
    clock.advance(23 * 3_600_000);
    await store.keep(tenant, 'hash', aLabelSet());

    clock.advance(30 * 86_400_000);
    const whileTheJobIs = await store.get(tenant, 'hash');
    clock.advance(5 * 86_400_000);

    expect(whileTheJobIs).toBeDefined();
    expect(await store.get(tenant, 'hash')).toBeUndefined();
  });
});
