import type { Dice } from './dice.ts';
import type { System } from './line.ts';

const NAMES = ['root', 'admin', 'oracle', 'test', 'deploy'] as const;
const STAFF = ['mara', 'jonas', 'deploy', 'ops'] as const;
const PODS = ['orders-7c9f6d', 'search-5b8d77', 'mailer-66fd4c', 'checkout-85b9f'] as const;

export const kernel: System = {
  source: 'kernel',
  weight: 6,
  unusualShare: 0.07,
  usual: [
    (dice) => ({
      level: 'info',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] eth0: renamed from veth${dice.hex(7)}`,
    }),
    (dice) => ({
      level: 'info',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] docker0: port ${dice.between(1, 20)}(veth${dice.hex(7)}) entered forwarding state`,
    }),
    (dice) => ({
      level: 'info',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] EXT4-fs (nvme1n1): mounted filesystem with ordered data mode. Quota mode: none.`,
    }),
    (dice) => ({
      level: 'debug',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] IPv6: ADDRCONF(NETDEV_CHANGE): veth${dice.hex(7)}: link becomes ready`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'err',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] Out of memory: Killed process ${dice.between(900, 32_000)} (java) total-vm:${dice.between(4_000_000, 9_000_000)}kB, anon-rss:${dice.between(2_000_000, 3_900_000)}kB, file-rss:0kB, shmem-rss:0kB, UID:1000 oom_score_adj:0`,
    }),
    (dice) => ({
      level: 'err',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] blk_update_request: I/O error, dev sdb, sector ${dice.between(10_000, 9_999_999)} op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0`,
    }),
    (dice) => ({
      level: 'crit',
      message: `[${dice.between(1_000, 99_999)}.${dice.between(100_000, 999_999)}] mce: [Hardware Error]: CPU ${dice.between(0, 63)}: Machine Check Exception: 5 Bank 4: b200000000070f0f`,
    }),
  ],
};

export const sshd: System = {
  source: 'sshd',
  weight: 6,
  unusualShare: 0.06,
  usual: [
    (dice) => ({
      level: 'info',
      message: `Accepted publickey for ${dice.pick(STAFF)} from 10.0.0.${dice.between(2, 250)} port ${dice.between(30_000, 60_000)} ssh2: ED25519 SHA256:${dice.hex(40)}`,
    }),
    (dice) => ({
      level: 'info',
      message: `pam_unix(sshd:session): session opened for user ${dice.pick(STAFF)}(uid=${dice.between(1_000, 1_020)}) by (uid=0)`,
    }),
    (dice) => ({ level: 'info', message: `pam_unix(sshd:session): session closed for user ${dice.pick(STAFF)}` }),
    (dice) => ({
      level: 'info',
      message: `Received disconnect from 10.0.0.${dice.between(2, 250)} port ${dice.between(30_000, 60_000)}:11: disconnected by user`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'warn',
      message: `Failed password for invalid user ${dice.pick(NAMES)} from ${dice.address()} port ${dice.between(30_000, 60_000)} ssh2`,
    }),
    (dice) => ({
      level: 'error',
      message: `error: maximum authentication attempts exceeded for ${dice.pick(NAMES)} from ${dice.address()} port ${dice.between(30_000, 60_000)} ssh2 [preauth]`,
    }),
    (dice) => ({
      level: 'warn',
      message: `reverse mapping checking getaddrinfo for host-${dice.between(1, 99)}.example.net [${dice.address()}] failed - POSSIBLE BREAK-IN ATTEMPT!`,
    }),
  ],
};

export const kubelet: System = {
  source: 'kubelet',
  weight: 7,
  unusualShare: 0.05,
  usual: [
    (dice) => ({
      level: 'I',
      message: `kubelet.go:2421] "SyncLoop ADD" source="api" pods=["shop/${dice.pick(PODS)}-${dice.hex(5)}"]`,
    }),
    (dice) => ({
      level: 'I',
      message: `prober.go:113] "Probe succeeded" probeType="Readiness" pod="shop/${dice.pick(PODS)}-${dice.hex(5)}" latency="${dice.between(1, 40)}ms"`,
    }),
    (dice) => ({
      level: 'I',
      message: `kubelet_getters.go:187] "Pod status updated" pod="kube-system/coredns-${dice.hex(5)}" status="Running"`,
    }),
    (dice) => ({
      level: 'I',
      message: `image_gc_manager.go:310] "Disk usage on image filesystem is below the low threshold" usage=${dice.between(20, 60)} threshold=80`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'E',
      message: `pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=app\\"" pod="shop/${dice.pick(PODS)}-${dice.hex(5)}"`,
    }),
    (dice) => ({
      level: 'E',
      message: `eviction_manager.go:408] "Eviction manager: must evict pods to reclaim memory" node="ip-10-0-8-${dice.between(2, 250)}"`,
    }),
    (dice) => ({
      level: 'W',
      message: `prober.go:107] "Probe failed" probeType="Liveness" pod="shop/${dice.pick(PODS)}-${dice.hex(5)}" output="HTTP probe failed with statuscode: 500"`,
    }),
  ],
};

/** The platform bills whole milliseconds, rounded up. */
function report(dice: Dice): string {
  const ms = dice.between(20, 900);
  const duration = `Duration: ${ms}.${dice.between(10, 99)} ms\tBilled Duration: ${ms + 1} ms`;
  return `REPORT RequestId: ${request(dice.hex)}\t${duration}\tMemory Size: 512 MB\tMax Memory Used: ${dice.between(90, 300)} MB`;
}

const request = (hex: (digits: number) => string): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;

export const lambda: System = {
  source: '/aws/lambda/thumbnails',
  weight: 7,
  unusualShare: 0.04,
  usual: [
    (dice) => ({ level: '', message: `START RequestId: ${request(dice.hex)} Version: $LATEST` }),
    (dice) => ({ level: '', message: `END RequestId: ${request(dice.hex)}` }),
    (dice) => ({ level: '', message: report(dice) }),
    () => ({
      level: '',
      message:
        'INIT_START Runtime Version: nodejs:24.v8\tRuntime Version ARN: arn:aws:lambda:eu-central-1::runtime:0f1e2d',
    }),
  ],
  unusual: [
    (dice) => ({ level: '', message: `${request(dice.hex)} Task timed out after 30.0${dice.between(0, 9)} seconds` }),
    (dice) => ({
      level: '',
      message: `RequestId: ${request(dice.hex)} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`,
    }),
  ],
};
