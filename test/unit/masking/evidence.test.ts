import { describe, expect, it } from 'vitest';
import { foreignDigit } from '../../../lib/masking/char-class.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { scanText } from '../../../lib/masking/mask-text.ts';

const evidenceOf = (message: string): string => maskRecord({ source: '', message }).evidence;

describe('evidence', () => {
  it.each([
    // HTTP statuses
    ['upstream answered with status 500', 'http:5xx'],
    ['"GET /a HTTP/1.1" 503 26', 'http:5xx'],
    ['GET /a 200 12ms', 'http:2xx'],
    ['POST https://a.example.com/b 404', 'http:4xx'],
    ['status=503', 'http:5xx'],
    ['HTTP status code - 302', 'http:3xx'],
    ['Return code: 404 len: 7', 'http:4xx'],
    ['RCODE   404', 'http:4xx'],
    ['server responded with 429', 'http:4xx'],
    ['got 404 Not Found', 'http:4xx'],
    ['got 200 OK', 'http:2xx'],
    ['HTTP 101 for an upgrade', 'http:1xx'],
    ['{"msg":"done","res":{"statusCode":502}}', 'http:5xx'],
    ['{"msg":"done","status":"200"}', 'http:2xx'],
    ['level=info msg=done status=404', 'http:4xx'],
    ['wrote 500 rows to port 443', ''],
    ['200 okapis', ''],
    ['status 7 of the lamp', ''],
    ['took 404 steps, code 500', ''],
    // exits
    ['exited with code 0', 'exit:zero'],
    ['exit status 1', 'exit:nonzero'],
    ['process exited, code=exited, status=203', 'exit:nonzero'],
    ['exit code 137', 'exit:nonzero'],
    ['exited with 2', 'exit:nonzero'],
    ['rc=0', 'exit:zero'],
    ['return code 1', 'exit:nonzero'],
    ['failed, errno 13', 'exit:nonzero'],
    ['killed by signal 9', 'exit:nonzero'],
    ['got SIGKILL', 'exit:nonzero'],
    ['got SIGTERM', ''],
    ['{"msg":"done","exit_code":0}', 'exit:zero'],
    ['level=info msg=done rc=3', 'exit:nonzero'],
    ['exit code: 1', 'exit:nonzero'],
    ['exit_code=2', 'exit:nonzero'],
    ['exit code   1', 'exit:nonzero'],
    ['exited abnormally with a non-zero exit status 1', 'exit:nonzero'],
    ["Command '['make']' returned non-zero exit status 1.", 'exit:nonzero'],
    ['container api exited with code 137', 'exit:nonzero'],
    ['Container exited name=migrate code=137 oom=true', 'exit:nonzero'],
    ['Exited (1) 3 minutes ago', 'exit:nonzero'],
    ['app.service: Main process exited, code=exited, status=1/FAILURE', 'exit:nonzero'],
    ['app.service: Main process exited, code=killed, status=9/KILL', 'exit:nonzero'],
    ['Process: 77 ExecStop=/bin/true (code=exited, status=0/SUCCESS)', 'exit:zero'],
    ["app.service: Failed with result 'core-dump', signal=ABRT", 'exit:nonzero'],
    ['app.service: stopped, signal=TERM', ''],
    ['JobId=7 done, WEXITSTATUS 139', 'exit:nonzero'],
    ['WEXITSTATUS 0', 'exit:zero'],
    ['worker process 33 exited on signal 9', 'exit:nonzero'],
    ['Fatal signal 11 (SIGSEGV), code 1', 'exit:nonzero'],
    ['terminated by signal SIGKILL', 'exit:nonzero'],
    ['Worker exited prematurely: signal 9', 'exit:nonzero'],
    ['Renderer process crashed, tab gone, signal 11', 'exit:nonzero'],
    ['processus tué par le signal 11', 'exit:nonzero'],
    ['terminated by signal 15', ''],
    ['rc=1', 'exit:nonzero'],
    ['rc: 4', 'exit:nonzero'],
    ['rc(5)', 'exit:nonzero'],
    ['host 10.0.0.1 rc=-1', 'exit:nonzero'],
    // what only sounds like an exit
    ['request path=/api/exit-survey status=200 duration=12ms', 'http:2xx'],
    ['GET /exit status 200', 'http:2xx'],
    ['GET /exit 200', 'http:2xx'],
    ['path=/api/exit status=200', 'http:2xx'],
    ['wait status 0 for exit hook; http status 204', 'http:2xx'],
    ['exit status=404', 'http:4xx'],
    ['exit survey saved, promo code 7', ''],
    ['GET /errors 200', 'http:2xx'],
    ['Traffic signal 7 switched to green', ''],
    ['Modem signal 11 of 31', ''],
    ['Upgrading to version 2.0 rc 1', ''],
    ['Upgrading to version 2.0 rc (1)', ''],
    ['Release 2.0.0-rc-1 deployed', ''],
    ['Release 2.0.0-rc: 1', ''],
    ['RC 00 approved', ''],
    ['return code 1000 rows', ''],
    ['{"msg":"done","exit_code":" "}', ''],
    ['level=info msg=done rc=" "', ''],
    // ratios
    ['ready 0/3', 'ratio:none'],
    ['2/3 replicas up', 'ratio:some'],
    ['3 of 3 nodes healthy', 'ratio:all'],
    ['2 out of 5 pods running', 'ratio:some'],
    ['page 3/3', ''],
    ['ready 5/3', ''],
    ['3/3 ready', 'ratio:all'],
    ['2/3 replicas ready, 1 failed', 'ratio:some,some-errors'],
    ['0 of 3 nodes ready', 'ratio:none'],
    ['0 of 3 replicas recovered', 'ratio:none'],
    ['0/3 nodes are available: 3 node(s) had untolerated taint', 'ratio:none'],
    // ratios of what failed
    ['0 of 3 nodes failed', 'ratio:all'],
    ['0/4 targets unhealthy', 'ratio:all'],
    ['0 of 3 replicas unavailable', 'ratio:all'],
    ['0/3 nodes are NotReady', 'ratio:all'],
    ['0/3 node(s) are not ready', 'ratio:all'],
    ['3/3 node(s) not ready', 'ratio:none'],
    ['0/12 checks failed', 'ratio:all'],
    ['0/12 failed checks', 'zero-errors'],
    ['0 of 12 failed', 'zero-errors'],
    ['attempt 0/12 failed', 'some-errors'],
    ['5/5 pods crashed', 'ratio:none'],
    ['5 of 5 nodes are down', 'ratio:none'],
    ['4 of 4 nodes unhealthy', 'ratio:none'],
    ['3 out of 3 brokers no longer reachable', 'ratio:none'],
    ["3/3 nodes aren't responding", 'ratio:none'],
    ['4/4 servers down', 'ratio:none'],
    ['lost 5 of 5 replicas', 'ratio:none,some-errors'],
    ['nodes down: 5/5', 'ratio:none'],
    ['3/3 pods are in state Failed', 'ratio:none'],
    ['1 of 3 nodes failed', 'ratio:some'],
    // bad words that are not said of the ratio
    ['3/3 nodes no longer down', 'ratio:all'],
    ['failover done, 3/3 nodes', 'ratio:all'],
    ['3/3 pods scaled down', 'ratio:all'],
    ['download done, 3/3 disks', 'ratio:all'],
    ['0 of 5 pods survived the crash', 'ratio:none'],
    ['node web-1 down: 0/3 checks passed', 'ratio:none'],
    ['Deployment rollout failed: 0 of 3 replicas ready', 'ratio:none'],
    ['3/3 nodes up, 0/3 down', 'ratio:all'],
    ['12/12 nodes report 0 errors', 'ratio:all,zero-errors'],
    // where it cannot be told what is counted
    ['removed 5 of 5 stale replicas', ''],
    ['killed 3/3 pods', ''],
    ['restarted failed pods: 3/3', ''],
    ['3/3 pods on failed nodes', ''],
    ['3/3 nodes have pending reboots', ''],
    ['Lost connection to 3 of 3 brokers', ''],
    ['write failed on 3 of 3 replicas', ''],
    ['cannot reach 3 of 3 nodes', ''],
    ['lost 0 of 5 replicas', ''],
    ['nodes down: 0/5', ''],
    ['quorum lost: 0 of 5 members', ''],
    ['pod cart-7f 0/1 Evicted', ''],
    ['ready 3/3 unavailable 0/3', ''],
    // which one, not how many
    ['health check attempt 1/3', ''],
    ['shard 2 of 5 recovered', ''],
    // percentages
    ['disk usage at 97%', 'percent:full'],
    ['cpu 80%', 'percent:high'],
    ['12 percent of memory used', 'percent:low'],
    ['disk has 3% free', 'percent:full'],
    ['free disk space: 60%', 'percent:low'],
    ['95% of disk space free', 'percent:low'],
    ['2% of the memory is still available', 'percent:full'],
    ['97% of the heap used', 'percent:full'],
    ['free inodes on /home: 1%', 'percent:full'],
    ['3% disk free', 'percent:full'],
    ['disk used 96%, inodes free 70%', 'percent:full,percent:low'],
    ['download 97% done', ''],
    // frames of stack traces
    ['    at com.acme.billing.Invoice.charge(Invoice.java:88)', 'stack'],
    ['at java.base/java.lang.Thread.run(Thread.java:840)', 'stack'],
    ['at jdk.internal.reflect.Method.invoke0(Native Method)', 'stack'],
    ['    at async Router.handle (/srv/app/router.js:41:9)', 'stack'],
    ['at /srv/app/index.mjs:7:11', 'stack'],
    ['   at Acme.Billing.Invoice.Charge(Order order) in /src/Invoice.cs:line 40', 'stack'],
    ['  File "/srv/app/tasks.py", line 31, in run', 'stack'],
    ['Caused by: java.net.ConnectException: refused', 'stack'],
    ['... 23 more', 'stack'],
    ['goroutine 41 [running]:', 'stack'],
    ['main.(*Server).handle(0xc0000b6000, 0x1f)', 'stack'],
    ['/srv/app/server.go:120 +0x1d4', 'stack'],
    ["app/models/order.rb:12:in `charge'", 'stack'],
    ['#3 0x00007f1c2a in flush () from libc.so', 'stack'],
    ['save failed\n\tat com.acme.Store.save(Store.java:7)', 'stack'],
    ['created by net/http.(*Server).Serve in goroutine 7', 'stack'],
    ['created by admin.user', ''],
    ['at startup (port 8080) nothing was bound', ''],
    ['File "report.csv" written', ''],
    // errors that are none
    ['no errors detected', 'zero-errors'],
    ['done without error', 'zero-errors'],
    ['without any errors', 'zero-errors'],
    ['0 errors', 'zero-errors'],
    ['errors=0', 'zero-errors'],
    ['errors: 0, warnings: 3', 'zero-errors'],
    ['errors=0 failed=3', 'some-errors'],
    ['5 errors', 'some-errors'],
    ['1 failure in 40 s', 'some-errors'],
    ['0 packets dropped', 'zero-errors'],
    ['found no problems', 'zero-errors'],
    ['finished without a single failure', 'zero-errors'],
    ['no error handler for this route', ''],
    ['tests=930 failures=0 skipped=4', 'zero-errors'],
    ['tx 99120 errors 0', 'zero-errors'],
    ['0 warnings', 'zero-errors'],
    ['4 warnings', ''],
    ['packet loss 0%', 'zero-errors'],
    ['error rate 12%', 'some-errors'],
    ['error rate 0.2%', ''],
    ['no space, error', ''],
    // together
    ['"GET /a HTTP/1.1" 500, worker exit code 1, no errors before', 'exit:nonzero,http:5xx,zero-errors'],
  ])('of %j is %j', (message, evidence) => {
    expect(evidenceOf(message)).toBe(evidence);
  });

  it('names the level in the line where the record was given another', () => {
    const evidence = (level?: string) => maskRecord({ source: '', level, message: 'ERROR queue is closed' }).evidence;

    expect([evidence('info'), evidence('error'), evidence()]).toEqual(['inline:error', '', '']);
  });

  it.each<[line: string, level: string, evidence: string, given?: string]>([
    ['{"level":"info","message":"ERROR payment processed"}', 'info', 'inline:error'],
    ['level=info msg="ERROR payment processed"', 'info', 'inline:error'],
    ['<134>1 2026-01-01T00:00:00Z h app - - - ERROR payment processed', 'info', 'inline:error'],
    ['<131>Jan  1 00:00:00 h app[1]: INFO payment processed', 'error', 'inline:info'],
    ['<131>Jan  1 00:00:00 h app[1]: {"level":"info","msg":"payment processed"}', 'error', 'inline:info'],
    ['2026-01-01 00:00:00,123 INFO [main] c.a.App - ERROR payment processed', 'info', 'inline:error'],
    ['{"severity":"ERROR","jsonPayload":{"level":30,"msg":"payment processed"}}', 'error', 'inline:info'],
    // Docker's JSON around a program's JSON around a line
    ['{"log":"{\\"level\\":\\"info\\",\\"msg\\":\\"WARN payment late\\"}\\n"}', 'info', 'inline:warn'],
    ['{"level":"error","log":"{\\"level\\":\\"info\\",\\"msg\\":\\"WARN payment late\\"}\\n"}', 'error', 'inline:warn'],
    // with a level given
    ['{"level":"info","message":"ERROR payment processed"}', 'warn', 'inline:error', 'warn'],
    ['{"level":"info","message":"ERROR payment processed"}', 'error', '', 'error'],
    // what is counted, not a level
    ['{"level":"info","message":"Critical: 0, High: 0, Medium: 2"}', 'info', ''],
    ['2026-01-01 10:00:00 INFO Fatal: 0, Error: 0', 'info', ''],
    ['level=info msg="Error: none"', 'info', ''],
    ['Error: 0, warnings: 2', 'info', '', 'info'],
    ['Error: 823, Severity: 24. I/O error during read', 'error', ''],
    // the same level again, and words of the message
    ['{"level":"error","message":"ERROR payment refused"}', 'error', ''],
    ['<131>Jan  1 00:00:00 h app[1]: config: bad value', 'error', ''],
    ['2026-01-01 00:00:00 [ERROR] [config] bad value', 'error', ''],
    ['W, [2024-01-02T03:04:05.000000 #123]  WARN -- : slow', 'warn', ''],
  ])('takes the level of %j from outside and the innermost for evidence', (message, level, evidence, given) => {
    const masked = maskRecord({ source: '', message, level: given });

    expect(masked).toMatchObject({ level, evidence });
  });

  it.each([
    ['ratios of what failed', '0/3 nodes failed '],
    ['ratios between negations', 'node not not no longer 0/3 not not without no '],
    ['ratios before keys', '0 of 3 nodes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa= '],
    ['ratios behind marks', 'nodes lost ::: === (( 0/3 '],
  ])('reads %s in time that grows with their length', (_, piece) => {
    const msOf = (chars: number) => {
      const text = piece.repeat(chars / piece.length);
      const startedAt = performance.now();
      scanText(text);
      return performance.now() - startedAt;
    };
    msOf(50_000);

    const short = msOf(50_000);
    const long = msOf(1_600_000);

    // Quadratic would be a thousand times as long, a shared machine is a few times.
    expect(long).toBeLessThan(Math.max(32 * 6 * short, 600));
  });

  it('reads digits of other scripts as its own', () => {
    expect(evidenceOf('status ٥٠٣')).toBe('http:5xx');
    expect(maskRecord({ source: '', message: '第１２回 ९ 回' }).pattern).toBe('第<NUM>回 <NUM> 回');
  });

  it('knows the same digits as Unicode, but for those beyond the basic plane', () => {
    const codes = Array.from({ length: 0x10000 - 0x80 }, (_, at) => at + 0x80);

    const differing = codes.filter(
      (code) => /\p{Nd}/u.test(String.fromCharCode(code)) !== (foreignDigit(code) !== undefined),
    );

    expect(differing).toEqual([]);
  });

  it('leaves the pattern alone: two statuses are one pattern with two evidences', () => {
    const good = maskRecord({ source: '', message: 'status 200' });
    const bad = maskRecord({ source: '', message: 'status 500' });

    expect(good.patternId).toBe(bad.patternId);
    expect(good.evidence).not.toBe(bad.evidence);
  });
});
