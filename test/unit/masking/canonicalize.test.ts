import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { canonicalizeRecord } from '../../../lib/masking/canonicalize.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { hostileTexts, lineFragments } from '../../factories/texts.ts';

const read = (message: string) => canonicalizeRecord({ source: '', message });

const contextFields = Object.fromEntries(
  Array.from({ length: 22 }, (_, index) => [`context_${index}`, `value ${index}`]),
);

describe('canonicalizeRecord', () => {
  it.each<[shape: string, line: string, level: string | undefined, source: string, message: string]>([
    // JSON
    [
      'pino',
      '{"level":50,"time":1,"pid":7,"hostname":"h","name":"shop","msg":"no stock"}',
      'error',
      'shop',
      'no stock',
    ],
    ['zap', '{"level":"warn","ts":1.5,"logger":"cart","caller":"a.go:1","msg":"slow"}', 'warn', 'cart', 'slow'],
    ['ECS', '{"@timestamp":"x","log.level":"ERROR","log.logger":"cart","message":"slow"}', 'error', 'cart', 'slow'],
    ['nested ECS', '{"log":{"level":"error"},"message":"slow"}', 'error', '', 'slow'],
    ['Serilog', '{"@t":"x","@l":"Fatal","@m":"gone","SourceContext":"A.B"}', 'critical', 'A.B', 'gone'],
    ['Cloud Logging', '{"severity":"WARNING","jsonPayload":{"message":"slow"}}', 'warn', '', 'slow'],
    ['OTLP', '{"severityText":"INFO","body":{"stringValue":"up"}}', 'info', '', 'up'],
    ['tracing', '{"level":"INFO","fields":{"message":"up"},"target":"my::mod"}', 'info', 'my::mod', 'up'],
    ['journald', '{"PRIORITY":"3","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"oops"}', 'error', 'kernel', 'oops'],
    [
      'MongoDB',
      '{"t":{"$date":"x"},"s":"W","c":"NETWORK","id":22,"ctx":"l","msg":"refused"}',
      'warn',
      'NETWORK',
      'refused',
    ],
    ['seconds under MongoDB’s key', '{"msg":"page rendered","s":2}', undefined, '', 'page rendered'],
    ['seconds written out', '{"msg":"page rendered","s":"2"}', undefined, '', 'page rendered'],
    ['a blank level', '{"level":" ","message":"cache warmed"}', undefined, '', 'cache warmed'],
    ['a level of syslog in text', '{"level":" 3 ","message":"cache gone"}', 'error', '', 'cache gone'],
    ['an event name', '{"event":"user_login_failed","user":"x"}', undefined, '', 'user_login_failed'],
    [
      'Docker',
      '{"log":"{\\"level\\":\\"error\\",\\"msg\\":\\"no route\\"}\\n","stream":"stderr"}',
      'error',
      '',
      'no route',
    ],
    ['Docker around a head', '{"log":"2024-01-02 03:04:05 WARN slow\\n","stream":"stdout"}', 'warn', '', 'slow'],
    ['JSON behind a head', '2024-01-02T03:04:05.1Z stdout F {"level":"info","msg":"up"}', 'info', '', 'up'],
    [
      'an error object',
      '{"msg":"failed","err":{"type":"TypeError","message":"x is null","stack":"…"}}',
      undefined,
      '',
      'failed: TypeError: x is null',
    ],
    ['an error text', '{"msg":"failed","error":"timed out"}', undefined, '', 'failed: timed out'],
    ['a long error', `msg=failed error=${'x'.repeat(2_000)}`, undefined, '', `failed: ${'x'.repeat(1_000)}`],
    ['an error said already', '{"msg":"failed: timed out","error":"timed out"}', undefined, '', 'failed: timed out'],
    ['an error alone', '{"level":"error","exception":{"stack":"Oops: x\\n at y"}}', 'error', '', 'Oops: x'],
    ['22 context fields', JSON.stringify({ ...contextFields, msg: 'paid', level: 'info' }), 'info', '', 'paid'],
    ['JSON without a message', '{"a":1}', undefined, '', '{"a":1}'],
    ['broken JSON', '{"msg":"x"', undefined, '', '{"msg":"x"'],
    // logfmt
    [
      'logfmt',
      'level=error ts=2024-01-02T03:04:05Z component=tsdb msg="it \\"broke\\"" err=eof',
      'error',
      'tsdb',
      'it "broke": eof',
    ],
    ['a blank level in logfmt', 'level=" " msg="cache warmed"', undefined, '', 'cache warmed'],
    ['logfmt without a message', 'time=1 level=warn attempt=3 reason=full', 'warn', '', 'attempt=3 reason=full'],
    ['pairs that are no logfmt', 'uid=0 euid=0 tty=ssh', undefined, '', 'uid=0 euid=0 tty=ssh'],
    // syslog
    ['RFC 3164', '<34>Oct 11 22:14:15 gate su[7]: su failed', 'critical', 'su', 'su failed'],
    ['RFC 5424', '<165>1 2003-10-11T22:14:15.003Z h app 12 ID47 [a@1 k="]"] it happened', 'info', 'app', 'it happened'],
    ['RFC 5424 without data', '<11>1 - h - - - - it happened', 'error', '', 'it happened'],
    [
      'a syslog file',
      'Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass',
      undefined,
      'sshd(pam_unix)',
      'check pass',
    ],
    [
      'a kernel line',
      'Jun  4 15:16:01 combo kernel: [  12.345678] usb 1-1: reset',
      undefined,
      'kernel',
      'usb 1-1: reset',
    ],
    // log4j and kin
    ['log4j', '2015-10-18 18:01:47,978 INFO [main] org.x.App: Created', 'info', 'org.x.App', 'Created'],
    ['logback', '12:00:00.000 [http-exec-1] WARN  c.e.App - Slow', 'warn', 'c.e.App', 'Slow'],
    ['Spring', '2024-01-02T03:04:05.000Z  INFO 1234 --- [           main] c.e.App    : Up', 'info', 'c.e.App', 'Up'],
    ['Spark', '17/06/09 20:10:40 INFO executor.Backend: Registered', 'info', 'executor.Backend', 'Registered'],
    ['Hadoop', '081109 203615 148 INFO dfs.DataNode$Pack: Done', 'info', 'dfs.DataNode$Pack', 'Done'],
    ['JBoss', 'INFO  [org.jboss.as.Server] (main) Started', 'info', 'org.jboss.as.Server', 'Started'],
    ['NLog', '2024-01-02 03:04:05.0000|INFO|My.Logger|Hello', 'info', 'My.Logger', 'Hello'],
    ['Serilog console', '[12:00:00 INF] Hello', 'info', '', 'Hello'],
    // Python, Go, Rust, Ruby, PHP
    ['Python', '2024-01-02 03:04:05,123 - shop.cart - WARNING - Slow', 'warn', 'shop.cart', 'Slow'],
    ['plain Python', 'WARNING:root:Slow', 'warn', 'root', 'Slow'],
    ['Go', '2024/01/02 03:04:05 server.go:42: listening', undefined, 'server.go', 'listening'],
    ['klog', 'E0102 03:04:05.000000    1 reflector.go:12] Failed to watch', 'error', 'reflector.go', 'Failed to watch'],
    ['env_logger', '[2024-01-02T03:04:05Z INFO  my::module] up', 'info', 'my::module', 'up'],
    ['Ruby', 'W, [2024-01-02T03:04:05.000000 #123]  WARN -- : Slow', 'warn', '', 'Slow'],
    ['Monolog', '[2024-01-02 03:04:05] app.ERROR: Oh no', 'error', 'app', 'Oh no'],
    // servers and platforms
    ['nginx error', '2024/01/02 03:04:05 [error] 123#123: *45 connect() failed', 'error', '', 'connect() failed'],
    [
      'nginx access',
      '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 503 26 "http://r/" "M/5.0"',
      undefined,
      '',
      '"GET /a HTTP/1.1" 503 26',
    ],
    ['Apache error', '[Sun Dec 04 04:47:44 2005] [error] [client 1.2.3.4] File missing', 'error', '', 'File missing'],
    [
      'Apache 2.4 error',
      '[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 7:tid 8] [client 1.2.3.4] File missing',
      'error',
      'core',
      'File missing',
    ],
    [
      'OpenStack',
      '2017-05-16 00:00:00.008 25746 INFO nova.api.wsgi [req-1a2b3c - - -] served',
      'info',
      'nova.api.wsgi',
      'served',
    ],
    ['PostgreSQL', '2024-01-02 03:04:05.000 UTC [123] LOG:  ready', 'info', '', 'ready'],
    [
      'MySQL',
      '2024-01-02T03:04:05.000000Z 0 [Warning] [MY-010055] [Server] Slow',
      'warn',
      '',
      '[MY-010055] [Server] Slow',
    ],
    ['Windows', '2016-09-28 04:30:30, Info                  CBS    Loaded', 'info', '', 'CBS    Loaded'],
    ['logcat', '03-17 16:13:38.811  1702  2395 D WindowManager: show', 'debug', 'WindowManager', 'show'],
    ['short logcat', 'E/Tag( 123): oops', 'error', 'Tag', 'oops'],
    ['pipes', '20171223-22:15:29:606|Step_LSC|30002312|moved', undefined, 'Step_LSC', 'moved'],
    ['Lambda', '2024-01-02T03:04:05.000Z\t550e8400-e29b-41d4-a716-446655440000\tERROR\tOops', 'error', '', 'Oops'],
    // levels in front
    ['a level and colon', 'ERROR: disk full', 'error', '', 'disk full'],
    ['a level in brackets', '[error] disk full', 'error', '', 'disk full'],
    ['a logger behind it', '[2024-01-02 03:04:05,678] [WARNING] [orders] slow', 'warn', 'orders', 'slow'],
    ["the JVM's tags", '[2024-01-02T03:04:05.678+0000][info][gc,start] Pause Young', 'info', 'gc,start', 'Pause Young'],
    [
      'a word in capitals behind it',
      '[2024-01-02 03:04:05] [ERROR] [SECURITY] refused',
      'error',
      '',
      '[SECURITY] refused',
    ],
    ['an outcome behind it', '[2024-01-02 03:04:05] [INFO] [failed] backup', 'info', '', '[failed] backup'],
    ['a word behind a level without a time', '[INFO] [orders] slow', 'info', '', '[orders] slow'],
    ['a tag behind a level that is in none', '2024-01-02 03:04:05 WARN [orders] slow', 'warn', '', '[orders] slow'],
    ['a level and dash', 'WARN - disk full', 'warn', '', 'disk full'],
    ['a small level and colon', 'error: disk full', 'error', '', 'disk full'],
    ['a capital level', 'ERROR Failed to connect', 'error', '', 'Failed to connect'],
    ['a coloured level', '\u001b[32mINFO\u001b[0m up', 'info', '', 'up'],
    ['a level before an exception', 'ERROR TypeError: x is null', 'error', '', 'TypeError: x is null'],
    ['a level before a function', 'Error: open_socket: no such device', 'error', '', 'open_socket: no such device'],
    ['a level before an address', 'INFO :8080 is taken', 'info', '', ':8080 is taken'],
    ['a cut head', 'ERROR', undefined, '', 'ERROR'],
    // behind what does not show
    ['logfmt behind a space', ' level=error msg="answered late"', 'error', '', 'answered late'],
    ['a head behind a mark', '\u200e2024-01-02 03:04:05 ERROR answered late', 'error', '', 'answered late'],
    ['a head with a mark inside', '2024-01-02\u00a003:04:05 ERROR answered late', 'error', '', 'answered late'],
    ['JSON behind a NUL', '\u0000{"level":"error","msg":"disk full"}', 'error', '', 'disk full'],
    ['JSON behind a byte order mark and a form feed', '\ufeff\f{"level":"error","msg":"x"}', 'error', '', 'x'],
    [
      'an access line behind a space',
      ' 1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 503 26 "-" "M/5.0"',
      undefined,
      '',
      '"GET /a HTTP/1.1" 503 26',
    ],
    ['colours in Docker’s JSON', '{"log":"\\u001b[31mERROR\\u001b[0m disk full\\n"}', 'error', '', 'disk full'],
    // sentences
    ['a sentence that begins with a level', 'Error handler registered', undefined, '', 'Error handler registered'],
    ['a sentence about warnings', 'Warning lights are on', undefined, '', 'Warning lights are on'],
    ['a cry', 'ERROR HANDLER REGISTERED', undefined, '', 'ERROR HANDLER REGISTERED'],
    ['an alert that is the message', 'Alert: unusual login', undefined, '', 'Alert: unusual login'],
    ['a tag that is no thread', '[payments] refused', undefined, '', '[payments] refused'],
    ['a head without a message', '2024-01-02 03:04:05', undefined, '', '2024-01-02 03:04:05'],
    ['a clock and words', '2024-01-02 03:04:05 connection lost: retrying', undefined, '', 'connection lost: retrying'],
    ['nothing known', 'it just works', undefined, '', 'it just works'],
  ])('reads %s', (_, line, level, source, message) => {
    const canonical = read(line);

    expect(canonical).toMatchObject({ level, source, message });
  });

  it("keeps a record's own source and level", () => {
    const canonical = canonicalizeRecord({
      source: 'mine',
      level: 'info',
      message: '<34>Oct 11 22:14:15 gate su: su failed',
    });

    expect(canonical).toMatchObject({ source: 'mine', level: 'info', message: 'su failed' });
  });

  it('fills in the level when the given one says nothing', () => {
    const levelGiven = (level: string) => canonicalizeRecord({ source: '', level, message: '[warn] slow' }).level;

    expect(['n/a', ' ', '  '].map(levelGiven)).toEqual(['warn', 'warn', 'warn']);
  });

  it('bounds a source taken from the line', () => {
    const message = JSON.stringify({ logger: 'x'.repeat(1_000), msg: 'up' });

    expect(read(message).source).toHaveLength(LIMITS.sourceChars);
  });

  it.each(hostileTexts())('survives %s', (_, text) => {
    const once = maskRecord({ source: '', message: text });
    const again = maskRecord({ source: '', message: text });

    expect(again).toEqual(once);
    expect(once.pattern.length).toBeLessThanOrEqual(LIMITS.patternChars);
  });

  it('never throws and always answers the same', () => {
    const piece = fc.oneof(fc.constantFrom(...lineFragments()), fc.string({ unit: 'binary', maxLength: 5 }));
    const line = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

    fc.assert(
      fc.property(line, fc.option(fc.string({ maxLength: 5 }), { nil: undefined }), (message, level) => {
        expect(maskRecord({ source: '', message, level })).toEqual(maskRecord({ source: '', message, level }));
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });
});
