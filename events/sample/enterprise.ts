import type { Dice } from './dice.ts';
import type { Speak, System } from './line.ts';

const user = (dice: Dice): string => `User${dice.between(100, 999)}`;

const httpOk: Speak = (dice) => ({
  level: 'INFO',
  label: 'HTTP Status',
  message: `"GET /v2/accounts/${dice.hex(8)}/invoices HTTP/1.1" status: ${dice.pick([200, 200, 201, 304, 404])} len: ${dice.between(90, 9_000)} time: 0.${dice.between(1_000, 9_999)}`,
});
const rpc: Speak = (dice) => ({
  level: 'INFO',
  label: 'HTTP Status',
  message: `api.gateway POST /v1/${dice.pick(['contacts', 'leads', 'payslips'])} HTTP/1.1 RCODE ${dice.pick([200, 202, 204])} len: ${dice.between(90, 9_000)}`,
});
const signedIn: Speak = (dice) => ({
  level: 'INFO',
  label: 'User Action',
  message: `User ${user(dice)} logged ${dice.pick(['in', 'out'])}.`,
});
const account: Speak = (dice) => ({
  level: 'INFO',
  label: 'User Action',
  message: `Account with ID ${dice.between(1_000, 9_999)} created by ${user(dice)}.`,
});
const backup: Speak = (dice) => ({
  level: 'INFO',
  label: 'System Notification',
  message: dice.pick([
    'Backup completed successfully.',
    `Backup started at 2026-11-02 0${dice.between(0, 9)}:00:00.`,
    `Backup ended at 2026-11-02 0${dice.between(0, 9)}:42:10.`,
    `System updated to version 5.${dice.between(0, 9)}.${dice.between(0, 20)}.`,
    'Disk cleanup completed successfully.',
  ]),
});
const uploaded: Speak = (dice) => ({
  level: 'INFO',
  label: 'System Notification',
  message: `File export_${dice.between(1_000, 9_999)}.csv uploaded successfully by user ${user(dice)}.`,
});
const memory: Speak = (dice) => ({
  level: 'INFO',
  label: 'Resource Usage',
  message: `compute node web-${dice.between(1, 9)}: total memory ${dice.pick([32, 64])} GB, used ${dice.between(4, 24)} GB; total vcpus ${dice.pick([8, 16])}, allocated ${dice.between(1, 6)}`,
});
const disk: Speak = (dice) => ({
  level: 'INFO',
  label: 'Resource Usage',
  message: `Disk usage of /var on reporting-${dice.between(1, 4)} is ${dice.between(20, 68)}%, ${dice.between(100, 900)} GB free`,
});

const brokenIn: Speak = (dice) => ({
  level: 'WARN',
  label: 'Security Alert',
  message: `${dice.pick(['Repeated sign-in failures', 'Sign-in from an unknown country', 'Admin access without a second factor'])} for account ${dice.between(1_000, 9_999)}, address ${dice.address()} blocked`,
});
const forbidden: Speak = (dice) => ({
  level: 'ERROR',
  label: 'Security Alert',
  message: `Unauthorized attempt to read payroll data by ${user(dice)} was denied`,
});
const failed: Speak = (dice) => ({
  level: 'ERROR',
  label: 'Error',
  message: `${dice.pick(['Replication of shard', 'Delivery of message', 'Import of batch'])} ${dice.between(10, 99)} failed after ${dice.between(3, 5)} retries`,
});
const fatal: Speak = (dice) => ({
  level: 'CRITICAL',
  label: 'Critical Error',
  message: `${dice.pick(['Kernel component crashed', 'RAID array lost more than one disk', 'Boot sequence halted, configuration is corrupt'])} on node db-${dice.between(1, 9)}, service is down`,
});
const workflow: Speak = (dice) => ({
  level: 'ERROR',
  label: 'Workflow Error',
  message: dice.pick([
    `Escalation of ticket ${dice.between(1_000, 9_999)} stopped: the agent assigned to it no longer exists.`,
    `Case ${dice.between(1_000, 9_999)} could not move to "approved" because its approval step was never started.`,
    `Lead conversion for prospect ${dice.between(1_000, 9_999)} was not finished: contact details are missing.`,
  ]),
});
const deprecated: Speak = (dice) => ({
  level: 'WARN',
  label: 'Deprecation Warning',
  message: dice.pick([
    `Function "bulkMail" is deprecated and goes away in version ${dice.between(4, 6)}.0; use "campaigns" in its place.`,
    'The report module retires next quarter, please move saved reports to the analytics suite.',
    `Support for API version ${dice.between(1, 2)} ends soon, clients should call version 3.`,
  ]),
});
const refused: Speak = (dice) => ({
  level: 'ERROR',
  label: 'HTTP Status',
  message: `"POST /v2/accounts/${dice.hex(8)}/charge HTTP/1.1" status: ${dice.pick([500, 502, 503])} len: 0 time: 30.${dice.between(1_000, 9_999)}`,
});

const share = { weight: 4, unusualShare: 0.12 };
/** The sources of the replaced classifier, speaking for all nine of its labels in our own wording. */
export const enterprise: readonly System[] = [
  { source: 'ModernCRM', ...share, usual: [httpOk, rpc, uploaded, backup], unusual: [brokenIn, fatal, failed] },
  { source: 'ModernHR', ...share, usual: [rpc, httpOk, memory, signedIn], unusual: [forbidden, brokenIn, fatal] },
  { source: 'BillingSystem', ...share, usual: [signedIn, account, httpOk], unusual: [refused, failed, brokenIn] },
  { source: 'AnalyticsEngine', ...share, usual: [backup, uploaded, disk, memory], unusual: [failed, fatal] },
  { source: 'ThirdPartyAPI', ...share, usual: [rpc, httpOk, disk], unusual: [refused, forbidden, failed] },
  { source: 'LegacyCRM', weight: 2, unusualShare: 0.4, usual: [deprecated], unusual: [workflow] },
];
