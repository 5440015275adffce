import { createHash } from 'node:crypto';
import { levelToSeverity, type Severity } from '../../lib/domain/severity.ts';

/** A line before it is wrapped. */
export interface Bare {
  readonly id: string;
  readonly source: string;
  /** Empty: INFO, as a program that knows no levels would be logged. */
  readonly level: string;
  readonly message: string;
}

type Wrapping = (line: Bare & { readonly digits: Digits }) => string;

/** The shapes that one line goes through other programs in. */
export const WRAPPINGS: Readonly<Record<string, Wrapping>> = {
  'json-many': ({ message, level, source, digits }) =>
    JSON.stringify({ ...contextFields(source, digits), level: level.toLowerCase(), message }),
  'json-small': ({ message, level, digits }) =>
    JSON.stringify({ ts: digits.time(), level: level.toLowerCase(), msg: message }),
  'syslog-3164': ({ message, level, source, digits }) =>
    `<${priority(level)}>Mar  4 ${digits.clock()} ${digits.host()} ${programOf(source)}[${digits.number(30_000)}]: ${message}`,
  'syslog-5424': ({ message, level, source, digits }) =>
    `<${priority(level)}>1 ${digits.time()} ${digits.host()} ${programOf(source)} ${digits.number(30_000)} - - ${message}`,
  logfmt: ({ message, level, source, digits }) =>
    `ts=${digits.time()} level=${level.toLowerCase()} component=${programOf(source)} msg=${JSON.stringify(message)}`,
  log4j: ({ message, level, source, digits }) =>
    `${digits.time().replace('T', ' ').replace('.', ',').slice(0, 23)} ${level.padEnd(5)} [pool-2-thread-${digits.number(16)}] com.example.${programOf(source)}.Worker - ${message}`,
  'container-cri': ({ message, level, digits }) =>
    `${digits.time().replace('Z', '418223Z')} ${isBad(level) ? 'stderr' : 'stdout'} F ${level} ${message}`,
  'python-brackets': ({ message, level, source, digits }) =>
    `[${digits.time().replace('T', ' ').replace('.', ',').slice(0, 23)}] [${level}] [${programOf(source)}] ${message}`,
};

/** A line in one of the wrappings, the same at every run. */
export function wrap(wrapping: Wrapping, line: Bare): string {
  const level = line.level === '' ? 'INFO' : line.level.toUpperCase();
  return wrapping({ ...line, level, digits: digitsOf(line.id) });
}

const SYSLOG_SEVERITY: Readonly<Record<Severity, number>> = { debug: 7, info: 6, warn: 4, error: 3, critical: 2 };
const USER_FACILITY = 8;

function priority(level: string): number {
  return USER_FACILITY + SYSLOG_SEVERITY[levelToSeverity(level) ?? 'info'];
}

function isBad(level: string): boolean {
  return priority(level) < priority('warn');
}

function programOf(source: string): string {
  const name = source.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'app' : name.slice(0, 32);
}

type Digits = ReturnType<typeof digitsOf>;

/** Numbers, times and names that look like life and follow from the line's id alone. */
function digitsOf(id: string) {
  const hash = createHash('sha256').update(id).digest();
  const number = (below: number, at = 0) => hash.readUInt32BE(at) % below;
  const two = (below: number, at: number) => String(number(below, at)).padStart(2, '0');
  const clock = () => `${two(24, 4)}:${two(60, 8)}:${two(60, 12)}`;
  return {
    number,
    clock,
    time: () => `2026-03-04T${clock()}.${String(number(1000, 16)).padStart(3, '0')}Z`,
    host: () => `node-${number(40, 20)}`,
    hex: (length: number) => hash.toString('hex').slice(0, length),
  };
}

/** The 22 fields that a service mesh's logger puts before the message. */
function contextFields(source: string, digits: Digits) {
  return {
    timestamp: digits.time(),
    service: programOf(source),
    version: `3.${digits.number(20)}.1`,
    environment: 'production',
    region: 'eu-central-1',
    zone: 'eu-central-1b',
    cluster: 'main-2',
    namespace: 'shop',
    pod: `${programOf(source)}-7d9c5b6f4-x2k9p`,
    container: 'app',
    image: `registry.example.com/shop/app:${digits.hex(7)}`,
    node: digits.host(),
    instance: `i-${digits.hex(17)}`,
    trace_id: digits.hex(32),
    span_id: digits.hex(16),
    request_id: `req-${digits.hex(12)}`,
    session_id: `s-${digits.number(900_000)}`,
    tenant: `tenant-${digits.number(90)}`,
    client_ip: `10.4.${digits.number(250)}.${digits.number(250, 4)}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    thread: `worker-${digits.number(16)}`,
    build: `build-${digits.number(9000)}`,
  };
}
