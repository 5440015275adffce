import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanText } from '../../../lib/masking/mask-text.ts';
import { cutPattern, settle } from '../../../lib/masking/pattern-entry.ts';
import { hostileTexts, lineFragments } from '../../factories/texts.ts';

const patternOf = (text: string): string => settle(scanText(text).pattern);

describe('scanText', () => {
  it.each([
    // numbers and what is written like them
    ['took 12 steps, -3 left, 3.14 mean', 'took <NUM> steps, <NUM> left, <NUM> mean'],
    ['1,234,567 rows at 1.5e-3', '<NUM> rows at <NUM>'],
    ['release v1.2.3 of 4.18.0-rc2', 'release v<NUM> of <NUM>-rc<NUM>'],
    ['the 3rd try', 'the <NUM> try'],
    ['[1, 2, 3] and (4,5)', '[<NUM>] and (<NUM>)'],
    ['User User123 in node-12 wrote blk_-99', 'User User<NUM> in node-<NUM> wrote blk_<NUM>'],
    ['10-20 and 3/4', '<NUM>-<NUM> and <NUM>/<NUM>'],
    // units
    ['in 12ms, 3 s, 1h23m45s and 2.5 seconds', 'in <DURATION> and <DURATION>'],
    ['3.2GB of 512 MB, 93.0 B, 4K', '<SIZE> of <SIZE>'],
    ['45% or 7 percent', '<PERCENT> or <PERCENT>'],
    ['12 msgs and 5 busy', '<NUM> msgs and <NUM> busy'],
    // times
    ['at 2024-01-02T03:04:05.678Z.', 'at <TIME>.'],
    ['at 2024-01-02 03:04:05,678 +0100 x', 'at <TIME> x'],
    ['Jun 14 15:16:01 x', '<TIME> x'],
    ['Sun Dec 04 04:47:44 2005 x', '<TIME> x'],
    ['Fri, 15 Mar 2024 10:00:00 GMT x', '<TIME> x'],
    ['Mar 5, 2024 10:00:00 PM x', '<TIME> x'],
    ['[10/Oct/2000:13:55:36 -0700]', '[<TIME>]'],
    ['5/11/2025 22:16 and 31.12.2024', '<TIME> and <TIME>'],
    ['17/06/09 20:10:40 x', '<TIME> x'],
    ['20171223-22:15:29:606 x', '<TIME> x'],
    ['20240102T030405Z x', '<TIME> x'],
    ['04 Dec 2005 x', '<TIME> x'],
    ['lifetime 00:01 of 12:34:56', 'lifetime <TIME> of <TIME>'],
    ['May we march on? Mon ami.', 'May we march on? Mon ami.'],
    // addresses
    ['from 10.1.2.3:4711 to /10.0.0.1:80', 'from <IP> to /<IP>'],
    ['fe80::1ff:fe23:4567:890a%eth0 and ::1', '<IP> and <IP>'],
    ['2001:db8:1:2:3:4:5:6 up', '<IP> up'],
    ['std::begin(x) a::b', 'std::begin(x) a::b'],
    ['mac aa:bb:cc:dd:ee:0f, 00-1B-44-11-3A-B7', 'mac <MAC>'],
    ['req-550e8400-e29b-41d4-a716-446655440000 done', 'req-<UUID> done'],
    ['vif:550e8400-e29b-41d4-a716-446655440000', 'vif:<UUID>'],
    ['host ns.example.com, db-3.prod.internal:5432 and rhost=a.b.asia', 'host <IP> and rhost=<IP>'],
    ['class org.example.net.Socket in java.net', 'class org.example.net.Socket in java.net'],
    ['mapred.job.id is deprecated', 'mapred.job.id is deprecated'],
    // ids
    ['at 0x7ffd1234 in 9f86d081884c7d65', 'at <HEX> in <HEX>'],
    ['counter 0000001f then 00000020', 'counter <HEX> then <HEX>'],
    ['commit a1b2c3d on k8s ipv6 sha256', 'commit <HEX> on k8s ipv6 sha256'],
    ['id 01ARZ3NDEKTSV4RRFFQ69G5FAV', 'id <ID>'],
    ['pod web-7d4b9c6f5d-x2k9p', 'pod web-<HEX>-<ID>'],
    // paths, URLs, mail
    ['read /etc/app/main.conf: denied', 'read <PATH>: denied'],
    ['see ../x/y.txt and ./run.sh', 'see <PATH> and <PATH>'],
    ['in src/app/main.go:42', 'in <PATH>'],
    ['C:\\Windows\\system32\\a.dll loaded', '<PATH> loaded'],
    ['\\\\server\\share\\x opened', '<PATH> opened'],
    ['\\Device\\Volume1\\x', '<PATH>'],
    ['read/write and N/A, I/O', 'read/write and N/A, I/O'],
    ['GET https://api.example.com/v1?a=b,c failed', 'GET <URL> failed'],
    ['jdbc:mysql://db:3306/x', 'jdbc:<URL>'],
    ['to bob+x@example.com, please', 'to <EMAIL>, please'],
    ['a@b', 'a@b'],
    ['"GET /v1/items/7 HTTP/1.1" 200', '"GET <PATH> HTTP/<NUM>" <NUM>'],
    ['12:00:00:/a/b', '<TIME>:<PATH>'],
    ['x=10.0.0.1:/data/a', 'x=<IP>:<PATH>'],
    ['3 GB:/data/a', '<SIZE>:<PATH>'],
    ['http://a.b/c.', '<URL>.'],
    // names
    ['Failed password for root from 10.0.0.1', 'Failed password for <USER> from <IP>'],
    ['Invalid user bob from 10.0.0.1', 'Invalid user <USER> from <IP>'],
    ['session closed for user alice', 'session closed for user <USER>'],
    ['login failed; user=root', 'login failed; user=<USER>'],
    ['user login failed for user account deletion', 'user login failed for user account deletion'],
    // whitespace and marks
    ['  a \t b\r\n\tc  ', 'a b c'],
    ['\u001b[31mred\u001b[0m text', 'red text'],
    ['a\u0000b\u200bc\u00a0d', 'abc d'],
    ['<NUM> of <NOTAMASK> <', '<NUM> of <NOTAMASK> <'],
    ['at a.b.C.d(C.java:42)', 'at a.b.C.d(C.java:<NUM>)'],
    ['端口8080失败', '端口<NUM>失败'],
  ])('masks %j', (text, pattern) => {
    expect(patternOf(text)).toBe(pattern);
  });

  it.each(hostileTexts())('survives %s', (_, text) => {
    const pattern = patternOf(text);

    expect(patternOf(pattern)).toBe(pattern);
    expect(pattern.isWellFormed() || !text.isWellFormed()).toBe(true);
  });

  it('changes nothing when a pattern is masked again', () => {
    const text = fc.array(fc.constantFrom(...lineFragments()), { maxLength: 10 }).map((parts) => parts.join(''));

    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (line) => {
        const pattern = patternOf(line);
        expect(scanText(pattern).pattern).toBe(pattern);
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });

  it.each([
    ...['x', '1', '/', ':', '.', '1.', '1:', 'a/', '"', '<', '\\', '@', 'a@', '://', '1,', 'aa:', '-1', 'ab1', ' '],
    // words that end behind a number's mask, addresses beside each other, a drive inside an address
    ...['a1.1', 'a@b.cc/', 'a@b.cc:/', '1::C:\\'],
  ])('reads characters in proportion to the length of %j repeated', (unit) => {
    const small = readsOf(unit.repeat(8_192 / unit.length));
    const large = readsOf(unit.repeat(65_536 / unit.length));

    expect(large / small).toBeLessThan(9);
  });
});

describe('cutPattern', () => {
  it('cuts at a space, outside masks', () => {
    const cut = cutPattern(`${'<NUM> '.repeat(200)}end`);

    expect(cut).toMatch(/^(?:<NUM> )+…$/);
    expect(cut.length).toBeLessThanOrEqual(512);
  });

  it('cuts a text without spaces before a mask that would not fit', () => {
    const cut = cutPattern(`${'x'.repeat(507)}<PERCENT>${'x'.repeat(100)}`);

    expect(cut).toBe(`${'x'.repeat(507)} …`);
  });
});

/** How many characters a scan asks for: steps, so that the machine's load does not matter. */
function readsOf(text: string): number {
  const original = String.prototype.charCodeAt;
  let reads = 0;
  String.prototype.charCodeAt = function counted(this: string, at: number): number {
    reads++;
    return original.call(this, at);
  };
  try {
    scanText(text);
  } finally {
    String.prototype.charCodeAt = original;
  }
  return reads;
}
