import type { System } from './line.ts';

const JOBS = ['nightly-report', 'thumbnail', 'price-import', 'address-check'] as const;

export const orders: System = {
  source: 'orders-service',
  weight: 8,
  unusualShare: 0.06,
  usual: [
    (dice) => ({
      level: 'INFO',
      message: `[http-nio-8080-exec-${dice.between(1, 20)}] c.e.orders.OrderController - Order ${dice.between(10_000, 99_999)} accepted for customer ${dice.between(1_000, 9_999)} in ${dice.between(4, 180)} ms`,
    }),
    (dice) => ({
      level: 'DEBUG',
      message: `[pool-3-thread-${dice.between(1, 8)}] c.e.orders.StockClient - Reserved ${dice.between(1, 12)} of article ${dice.hex(6).toUpperCase()} in warehouse ${dice.between(1, 5)}`,
    }),
    (dice) => ({
      level: 'INFO',
      message: `[scheduling-1] c.e.orders.CacheWarmer - Warmed ${dice.between(100, 900)} entries, hit ratio 0.${dice.between(80, 99)}`,
    }),
    (dice) => ({
      level: 'INFO',
      message: `HikariPool-1 - Pool stats (total=${dice.between(8, 20)}, active=${dice.between(0, 7)}, idle=${dice.between(1, 12)}, waiting=0)`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'ERROR',
      message: `[http-nio-8080-exec-${dice.between(1, 20)}] c.e.orders.OrderController - Order ${dice.between(10_000, 99_999)} could not be saved\njava.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.\n\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)\n\tat com.example.orders.OrderRepository.save(OrderRepository.java:${dice.between(40, 140)})\nCaused by: java.net.SocketTimeoutException: Read timed out\n\t... 48 more`,
    }),
    (dice) => ({
      level: 'ERROR',
      message: `[pool-3-thread-${dice.between(1, 8)}] c.e.orders.StockClient - Unexpected answer of the stock service\njava.lang.NullPointerException: Cannot invoke "Article.price()" because "article" is null\n\tat com.example.orders.Pricing.total(Pricing.java:${dice.between(20, 90)})\n\tat com.example.orders.StockClient.lambda$reserve$2(StockClient.java:${dice.between(20, 90)})`,
    }),
    () => ({
      level: 'ERROR',
      message:
        'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)\n\tat com.example.orders.Export.collect(Export.java:88)',
    }),
  ],
};

export const worker: System = {
  source: 'worker.py',
  weight: 6,
  unusualShare: 0.06,
  usual: [
    (dice) => ({ level: 'INFO', message: `Task ${dice.pick(JOBS)}[${dice.hex(8)}] received` }),
    (dice) => ({
      level: 'INFO',
      message: `Task ${dice.pick(JOBS)}[${dice.hex(8)}] succeeded in ${dice.between(0, 9)}.${dice.between(100, 999)}s`,
    }),
    (dice) => ({ level: 'DEBUG', message: `beat: sending due task ${dice.pick(JOBS)} (${dice.between(1, 60)} min)` }),
  ],
  unusual: [
    (dice) => ({
      level: 'ERROR',
      message: `Task ${dice.pick(JOBS)}[${dice.hex(8)}] raised unexpected\nTraceback (most recent call last):\n  File "/app/worker/run.py", line ${dice.between(20, 200)}, in run\n    rows = load(path)\n  File "/app/worker/load.py", line ${dice.between(20, 200)}, in load\n    return json.loads(text)["rows"]\nKeyError: 'rows'`,
    }),
    (dice) => ({
      level: 'ERROR',
      message: `Traceback (most recent call last):\n  File "/app/worker/mail.py", line ${dice.between(20, 200)}, in send\n    server.login(name, secret)\nsmtplib.SMTPAuthenticationError: (535, b'5.7.8 Authentication credentials invalid')`,
    }),
    (dice) => ({
      level: 'CRITICAL',
      message: `Worker lost: process ${dice.between(100, 9_999)} exited with signal 9 (SIGKILL), ${dice.between(2, 40)} tasks returned to the queue`,
    }),
  ],
};

export const search: System = {
  source: 'search-go',
  weight: 6,
  unusualShare: 0.05,
  usual: [
    (dice) => ({
      level: 'info',
      message: `level=info msg="query answered" took=${dice.between(1, 90)}ms hits=${dice.between(0, 4_000)} shard=${dice.between(0, 7)}`,
    }),
    (dice) => ({
      level: 'info',
      message: `level=info msg="index refreshed" documents=${dice.between(1_000, 90_000)} segments=${dice.between(2, 12)}`,
    }),
    (dice) => ({
      level: 'debug',
      message: `level=debug msg="cache entry evicted" key=${dice.hex(12)} age=${dice.between(1, 600)}s`,
    }),
  ],
  unusual: [
    (dice) => ({
      level: 'error',
      message: `panic: runtime error: index out of range [${dice.between(4, 9)}] with length ${dice.between(0, 3)}\n\ngoroutine ${dice.between(10, 900)} [running]:\nmain.(*Shard).lookup(0xc000${dice.hex(6)}, {0xc000${dice.hex(6)}, 0x3, 0x4})\n\t/src/search/shard.go:${dice.between(20, 300)} +0x1d4\nmain.main.func1()\n\t/src/search/main.go:61 +0x85\nexit status 2`,
    }),
    (dice) => ({
      level: 'error',
      message: `level=error msg="segment is corrupt, checksum does not match" shard=${dice.between(0, 7)} file=_${dice.hex(3)}.cfs`,
    }),
    () => ({ level: 'fatal', message: 'fatal error: all goroutines are asleep - deadlock!' }),
  ],
};
