import type { Dice } from './dice.ts';
import type { System } from './line.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const PATHS = [
  '/',
  '/cart',
  '/checkout',
  '/api/v2/orders',
  '/api/v2/orders/48213',
  '/static/app.3f9c.js',
  '/search?q=garden+hose',
  '/account/settings',
] as const;
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148',
  'curl/8.9.1',
  'kube-probe/1.33',
] as const;

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (at: Date): string => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;

/** The combined log format of nginx. */
function access(dice: Dice, at: Date, status: number, method = 'GET', path: string = dice.pick(PATHS)): string {
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${clock(at)} +0000`;
  const bytes = status === 304 ? 0 : dice.between(180, 48_000);
  return `${dice.address()} - - [${day}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "${dice.pick(AGENTS)}"`;
}

function apache(dice: Dice, at: Date, module: string, level: string, text: string): string {
  const day = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}`;
  const stamp = `${day} ${clock(at)}.${String(dice.between(0, 999_999)).padStart(6, '0')} ${at.getUTCFullYear()}`;
  return `[${stamp}] [${module}:${level}] [pid ${dice.between(900, 32_000)}] ${text}`;
}

export const nginx: System = {
  source: 'nginx',
  weight: 14,
  unusualShare: 0.04,
  usual: [
    (dice, at) => ({ level: 'info', message: access(dice, at, 200) }),
    (dice, at) => ({ level: 'info', message: access(dice, at, 200) }),
    (dice, at) => ({ level: 'info', message: access(dice, at, 304) }),
    (dice, at) => ({ level: 'info', message: access(dice, at, 201, 'POST', '/api/v2/orders') }),
    (dice, at) => ({ level: 'info', message: access(dice, at, 404, 'GET', '/favicon.ico') }),
    (dice, at) => ({ level: 'info', message: access(dice, at, 301, 'GET', '/shop') }),
  ],
  unusual: [
    (dice, at) => ({ level: 'error', message: access(dice, at, 502, 'POST', '/checkout') }),
    (dice, at) => ({ level: 'error', message: access(dice, at, 503) }),
    (dice, at) => ({
      level: 'warn',
      message: access(dice, at, 403, 'GET', '/../../etc/passwd'),
    }),
    (dice, at) => ({
      level: 'error',
      message: `${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())} ${clock(at)} [error] 31#31: *${dice.between(1_000, 99_999)} upstream timed out (110: Connection timed out) while reading response header from upstream, client: ${dice.address()}, server: shop.example.com, request: "GET /api/v2/orders HTTP/1.1", upstream: "http://10.0.4.17:8080/api/v2/orders"`,
    }),
  ],
};

export const apacheErrors: System = {
  source: 'apache',
  weight: 5,
  unusualShare: 0.05,
  usual: [
    (dice, at) => ({
      level: 'notice',
      message: apache(
        dice,
        at,
        'mpm_event',
        'notice',
        'AH00489: Apache/2.4.62 (Debian) configured -- resuming normal operations',
      ),
    }),
    (dice, at) => ({
      level: 'info',
      message: apache(
        dice,
        at,
        'authz_core',
        'info',
        `[client ${dice.address()}:${dice.between(1_024, 65_000)}] AH01626: authorization result of Require all granted: granted`,
      ),
    }),
    (dice, at) => ({
      level: 'info',
      message: apache(
        dice,
        at,
        'ssl',
        'info',
        `[client ${dice.address()}:${dice.between(1_024, 65_000)}] AH01964: Connection to child ${dice.between(1, 200)} established (server www.example.com:443)`,
      ),
    }),
  ],
  unusual: [
    (dice, at) => ({
      level: 'error',
      message: apache(
        dice,
        at,
        'proxy',
        'error',
        `(111)Connection refused: AH00957: HTTP: attempt to connect to 10.0.7.${dice.between(2, 40)}:8009 failed`,
      ),
    }),
    (dice, at) => ({
      level: 'error',
      message: apache(
        dice,
        at,
        'core',
        'error',
        `[client ${dice.address()}:${dice.between(1_024, 65_000)}] AH00126: Invalid URI in request GET /cgi-bin/%2e%2e/%2e%2e/bin/sh HTTP/1.1`,
      ),
    }),
  ],
};
