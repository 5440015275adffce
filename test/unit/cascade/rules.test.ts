import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileRules, rulesSchema } from '../../../lib/cascade/rules.ts';
import { readSettingsFile, settingsSchema } from '../../../lib/cascade/settings.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';

const MODELS = join(import.meta.dirname, '../../../models');
const { rules } = await readSettingsFile(join(MODELS, 'rules.json'), 'rules', rulesSchema);
const { labels } = await readSettingsFile(join(MODELS, 'labels.json'), 'labels', settingsSchema);
const match = compileRules(rules, new Set(labels.map(({ name }) => name)));

function ruleOf(message: string): string | undefined {
  const rule = match(maskRecord({ source: '', message }).canonical);
  return rule && `${rule.id}: ${rule.label}`;
}

describe('the shipped rules', () => {
  it.each([
    ['User User123 logged in.', 'user-login: User Action'],
    ['User User9 logged out.', 'user-login: User Action'],
    ['Account with ID 5351 created by User634.', 'account-created: User Action'],
    ['Backup started at 2025-05-14 07:06:55.', 'backup-started-or-ended: System Notification'],
    ['Backup ended at 2025-05-14 07:06:55.', 'backup-started-or-ended: System Notification'],
    ['Backup completed successfully.', 'backup-completed: System Notification'],
    ['System updated to version 2.0.5.', 'system-updated: System Notification'],
    ['File data_3847.csv uploaded successfully by user User175.', 'file-uploaded: System Notification'],
    ['Disk cleanup completed successfully.', 'disk-cleanup: System Notification'],
    ['System reboot initiated by user User12.', 'system-reboot: System Notification'],
    ['10.1.2.3 "GET /v2/9f/servers HTTP/1.1" RCODE  200 len: 1893 time: 0.26', 'http-wsgi-line: HTTP Status'],
    ['10.1.2.3 "POST /v2/9f/x HTTP/1.1" HTTP status code -  404 len: 9 time: 0.2', 'http-wsgi-line: HTTP Status'],
    ['10.1.2.3 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 12 "-"', 'http-access-line: HTTP Status'],
    ['Failed password for root from 198.51.100.3 port 22 ssh2', 'ssh-failed-login: Security Alert'],
    ['Unauthorized access to the vault', 'unauthorized: Security Alert'],
    ["Endpoint 'a' is deprecated, use 'b'", 'deprecated: Deprecation Warning'],
    ["Module 'X' will be removed in version 9", 'will-be-removed: Deprecation Warning'],
    ['Kernel panic - not syncing', 'kernel-panic: Critical Error'],
    ['Escalation of case 7 failed due to a missing owner', 'workflow-step-failed: Workflow Error'],
    ['Lead 12 could not be assigned because the territory is empty', 'workflow-step-failed: Workflow Error'],
  ])('know %j', (message, rule) => {
    expect(ruleOf(message)).toBe(rule);
  });

  it.each([
    'Error: User User12 logged in twice: session conflict',
    'Could not determine whether backup started at the right time',
    'Order service started',
    'The order of operations is fixed',
    'Backup failed',
    'File upload failed for user User12',
    'Cleaning up user sessions',
    'method GET is allowed',
    'lead time is 7 days',
  ])('leave %j to the models', (message) => {
    expect(ruleOf(message)).toBeUndefined();
  });

  it('read hostile texts in linear time', () => {
    const texts = ['a', '"GET ', 'lead failed ', 'is deprecated use ', 'user ', '((((', '\u0000'].map((piece) =>
      piece.repeat(8192 / piece.length),
    );

    const begun = performance.now();
    for (const text of texts) match(text);

    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('compileRules', () => {
  const known = new Set(['Tool']);
  const rule = { id: 'a-rule', label: 'Tool', pattern: 'x+', confidence: 1 };

  it('takes the first rule of several that match', () => {
    const matcher = compileRules([{ ...rule, id: 'one', pattern: 'saw' }, rule, { ...rule, id: 'three' }], known);

    expect(matcher('xx')?.id).toBe('a-rule');
    expect(matcher('nothing')).toBeUndefined();
  });

  it('refuses a label that is not listed, and a pattern that is not RE2', () => {
    expect(() => compileRules([{ ...rule, label: 'Toll' }], known)).toThrow(
      'rule a-rule: Toll is not among the labels',
    );
    expect(() => compileRules([{ ...rule, pattern: '(a)\\1' }], known)).toThrow(/^rule a-rule: /);
  });

  it('refuses two rules of one id', () => {
    expect(rulesSchema.safeParse({ rules: [rule, rule] }).success).toBe(false);
  });
});
