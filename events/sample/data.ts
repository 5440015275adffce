import type { System } from './line.ts';

const TABLES = ['orders', 'customers', 'invoices', 'stock_levels'] as const;
const TOPICS = ['orders', 'payments', 'clicks', 'mail-outbox'] as const;

export const postgres: System = {
  source: 'postgresql',
  weight: 8,
  unusualShare: 0.05,
  usual: [
    (dice) => ({
      level: 'LOG',
      message: `checkpoint complete: wrote ${dice.between(20, 4_000)} buffers (${dice.between(0, 9)}.${dice.between(0, 9)}%); 0 WAL file(s) added, 0 removed, ${dice.between(0, 3)} recycled; write=${dice.between(1, 270)}.${dice.between(100, 999)} s, sync=0.0${dice.between(10, 99)} s, total=${dice.between(1, 271)}.${dice.between(100, 999)} s`,
    }),
    (dice) => ({
      level: 'LOG',
      message: `connection authorized: user=shop database=shop application_name=orders-${dice.between(1, 9)}`,
    }),
    (dice) => ({
      level: 'LOG',
      message: `automatic vacuum of table "shop.public.${dice.pick(TABLES)}": index scans: ${dice.between(0, 2)}, pages: 0 removed, ${dice.between(100, 9_000)} remain`,
    }),
    (dice) => ({
      level: 'LOG',
      message: `duration: ${dice.between(1, 90)}.${dice.between(100, 999)} ms  statement: SELECT id, total FROM ${dice.pick(TABLES)} WHERE id = ${dice.between(1, 99_999)}`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'ERROR',
      message: `deadlock detected\nDETAIL:  Process ${dice.between(900, 9_999)} waits for ShareLock on transaction ${dice.between(10_000, 99_999)}; blocked by process ${dice.between(900, 9_999)}.\nHINT:  See server log for query details.`,
    }),
    () => ({
      level: 'FATAL',
      message: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    }),
    (dice) => ({
      level: 'ERROR',
      message: `could not extend file "base/16384/${dice.between(10_000, 99_999)}": No space left on device`,
    }),
    (dice) => ({
      level: 'ERROR',
      message: `duplicate key value violates unique constraint "${dice.pick(TABLES)}_pkey"`,
    }),
  ],
};

export const kafka: System = {
  source: 'kafka',
  weight: 7,
  unusualShare: 0.04,
  usual: [
    (dice) => ({
      level: 'INFO',
      message: `[GroupCoordinator ${dice.between(1, 3)}]: Stabilized group billing generation ${dice.between(10, 900)} (__consumer_offsets-${dice.between(0, 49)}) with ${dice.between(2, 6)} members`,
    }),
    (dice) => ({
      level: 'INFO',
      message: `[ProducerStateManager partition=${dice.pick(TOPICS)}-${dice.between(0, 11)}] Wrote producer snapshot at offset ${dice.between(100_000, 9_000_000)} with 0 producer ids in ${dice.between(1, 20)} ms.`,
    }),
    (dice) => ({
      level: 'INFO',
      message: `[LocalLog partition=${dice.pick(TOPICS)}-${dice.between(0, 11)}, dir=/var/lib/kafka/data] Rolled new log segment at offset ${dice.between(100_000, 9_000_000)} in ${dice.between(1, 9)} ms.`,
    }),
    (dice) => ({
      level: 'INFO',
      message: `Session 0x${dice.hex(16)} with negotiated timeout 18000 established for client /10.0.3.${dice.between(2, 250)}:${dice.between(30_000, 60_000)}`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'ERROR',
      message: `[ReplicaManager broker=${dice.between(1, 3)}] Error processing append operation on partition ${dice.pick(TOPICS)}-${dice.between(0, 11)}: NotEnoughReplicasException: The size of the current ISR is insufficient to satisfy the min.isr requirement of 2`,
    }),
    (dice) => ({
      level: 'WARN',
      message: `Session 0x${dice.hex(16)} expired after ${dice.between(18, 40)}s without heartbeat; connection to quorum leader lost`,
    }),
  ],
};

export const redis: System = {
  source: 'redis',
  weight: 5,
  unusualShare: 0.04,
  usual: [
    (dice) => ({
      level: 'notice',
      message: `${dice.between(20, 99)}:M 10${dice.between(1, 9)} changes in 300 seconds. Saving...`,
    }),
    (dice) => ({ level: 'notice', message: `Background saving started by pid ${dice.between(100, 9_999)}` }),
    (dice) => ({
      level: 'notice',
      message: `DB saved on disk, fork CoW: ${dice.between(1, 9)} MB, ${dice.between(10, 90)} keys expired`,
    }),
    (dice) => ({
      level: 'verbose',
      message: `Accepted 10.0.5.${dice.between(2, 250)}:${dice.between(30_000, 60_000)}, ${dice.between(3, 60)} clients connected`,
    }),
  ],
  unusual: [
    () => ({ level: 'warning', message: "Can't save in background: fork: Cannot allocate memory" }),
    () => ({
      level: 'warning',
      message:
        'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk; writes are refused',
    }),
    (dice) => ({
      level: 'warning',
      message: `Connection with replica 10.0.5.${dice.between(2, 250)}:6379 lost; partial resynchronisation refused`,
    }),
  ],
};

export const payments: System = {
  source: 'payments',
  weight: 9,
  unusualShare: 0.05,
  usual: [
    (dice) => ({
      level: 'info',
      message: JSON.stringify({
        level: 'info',
        msg: 'payment captured',
        order: `o-${dice.hex(8)}`,
        amount_cents: dice.between(199, 99_900),
        currency: dice.pick(['EUR', 'USD', 'GBP']),
        ms: dice.between(40, 380),
      }),
    }),
    (dice) => ({
      level: 'info',
      message: JSON.stringify({
        level: 'info',
        msg: 'webhook delivered',
        attempt: 1,
        status: 200,
        endpoint: 'https://shop.example.com/hooks/payments',
        trace: dice.hex(32),
      }),
    }),
    (dice) => ({
      level: 'debug',
      message: JSON.stringify({
        level: 'debug',
        msg: 'idempotency key reused, stored answer returned',
        key: dice.hex(24),
      }),
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'error',
      message: JSON.stringify({
        level: 'error',
        msg: 'card processor answered 500, payment left pending',
        order: `o-${dice.hex(8)}`,
        attempt: 3,
        gave_up: true,
      }),
    }),
    (dice) => ({
      level: 'error',
      message: JSON.stringify({
        level: 'error',
        msg: 'ledger out of balance after settlement',
        expected_cents: dice.between(10_000, 99_999),
        found_cents: dice.between(10_000, 99_999),
      }),
    }),
    (dice) => ({
      level: 'warn',
      message: JSON.stringify({
        level: 'warn',
        msg: 'webhook signature did not verify, request refused',
        from: dice.address(),
      }),
    }),
  ],
};
