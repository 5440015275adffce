import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { GENEROUS } from '../../../lib/domain/quota.ts';

const page = readFileSync(new URL('../../../docs/LIMITS.md', import.meta.url), 'utf8');
const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `| what | 4 MiB | … | \`name\` |` */
const rows = [...page.matchAll(/^\|[^|]+\| (\d+)(?: (\w+))? \|(?:[^|]+\|)? `(\w+)` \|$/gm)].map(
  ([, number, unit = '', name = '']) => ({ name, value: Number(number) * (UNITS[unit] ?? 1) }),
);

describe('docs/LIMITS.md', () => {
  it.each(rows)('says $name as it is', ({ name, value }) => {
    expect(Object.entries(LIMITS)).toContainEqual([name, value]);
  });

  it('tells of the limits that a caller meets', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const [, quota] of Object.entries(GENEROUS)) expect(page).toContain(quota.toLocaleString('en'));
    for (const lease of [LIMITS.leaseLines, LIMITS.leaseRequests]) expect(page).toContain(lease.toLocaleString('en'));
  });
});
