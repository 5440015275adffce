import type { Severity } from '../domain/severity.ts';
import { codeAt, isAsciiLetter } from './char-class.ts';
import { exitBits, httpBits } from './evidence.ts';
import { severityOf } from './levels.ts';
import { type LineParts, withError } from './line-parts.ts';

const MESSAGE_KEYS = [
  'message',
  'msg',
  'log_message',
  'log',
  'Message',
  'MESSAGE',
  'body',
  'Body',
  'text',
  'textPayload',
  'short_message',
  '@message',
  '@m',
  '@mt',
  'RenderedMessage',
  'MessageTemplate',
  'full_message',
  'event',
  'Event',
  'eventMessage',
  'description',
  'content',
];
/** Objects that loggers put the message into: tracing's `fields`, Cloud Logging's `jsonPayload`, OTLP's `body`. */
const WRAPPERS = ['fields', 'jsonPayload', 'body', 'Body', 'message', 'event', 'log', 'record'];
const LEVEL_KEYS = [
  'level',
  'severity',
  'lvl',
  'log.level',
  'levelname',
  'level_name',
  'loglevel',
  'log_level',
  'logLevel',
  'LogLevel',
  'severity_text',
  'severityText',
  'SeverityText',
  '@level',
  '@l',
  'Level',
  'LEVEL',
  'Severity',
  'PRIORITY',
];
const SOURCE_KEYS = [
  'logger',
  'logger_name',
  'loggerName',
  'log.logger',
  'service',
  'service.name',
  'service_name',
  'serviceName',
  'component',
  'source',
  'app',
  'application',
  'SYSLOG_IDENTIFIER',
  'target',
  'SourceContext',
  'name',
  'c',
];
const ERROR_KEYS = ['error', 'err', 'exception', 'exc_info', 'Exception', 'error.message', 'cause', '@x'];
const ERROR_PARTS = ['message', 'msg', 'reason', 'description'];
const ERROR_NAMES = ['type', 'name', 'class', 'code', 'kind'];
const STATUS_KEYS = [
  'status',
  'statusCode',
  'status_code',
  'http_status',
  'httpStatus',
  'http.status_code',
  'http.response.status_code',
  'response_status',
  'responseStatus',
  'response_code',
];
const STATUS_HOLDERS = ['res', 'response', 'http', 'httpRequest'];
const EXIT_KEYS = [
  'exit_code',
  'exitCode',
  'exitcode',
  'exit_status',
  'exitStatus',
  'return_code',
  'returnCode',
  'rc',
  'errno',
];

/** The parts of a JSON object's line, undefined where the text is none or names no message. Context fields are left behind. */
export function readJsonLine(text: string): LineParts | undefined {
  const fields = parseObject(text);
  return fields === undefined ? undefined : objectParts(fields, 0);
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function objectParts(fields: object, depth: number): LineParts | undefined {
  const message = firstText(fields, MESSAGE_KEYS);
  const level = levelOf(fields);
  const source = firstText(fields, SOURCE_KEYS) ?? '';
  const bits = fieldBits(fields);
  const errorText = errorOf(fields);
  const said = { level, innermost: level, source, bits };
  if (message !== undefined) return { ...said, message: withError(message, errorText) };
  const inner = depth < 2 ? wrappedParts(fields, depth) : undefined;
  if (inner !== undefined)
    return {
      message: withError(inner.message, errorText),
      level: level ?? inner.level,
      innermost: inner.innermost ?? level,
      source: source || inner.source,
      bits: bits | inner.bits,
    };
  return errorText === undefined ? undefined : { ...said, message: errorText };
}

function wrappedParts(fields: object, depth: number): LineParts | undefined {
  for (const key of WRAPPERS) {
    const value = fieldOf(fields, key);
    if (!isObject(value)) continue;
    const text = fieldOf(value, 'stringValue');
    if (typeof text === 'string') return { message: text, level: undefined, innermost: undefined, source: '', bits: 0 };
    const parts = objectParts(value, depth + 1);
    if (parts !== undefined) return parts;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(fields: object, key: string): unknown {
  return Object.hasOwn(fields, key) ? Reflect.get(fields, key) : undefined;
}

function firstText(fields: object, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fieldOf(fields, key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function levelOf(fields: object): Severity | undefined {
  for (const key of LEVEL_KEYS) {
    const value = fieldOf(fields, key);
    const severity = typeof value === 'string' || typeof value === 'number' ? severityOf(value) : undefined;
    if (severity !== undefined) return severity;
  }
  const nested = fieldOf(fields, 'log');
  return mongoLevel(fieldOf(fields, 's')) ?? (isObject(nested) ? severityOf(firstText(nested, ['level'])) : undefined);
}

/** MongoDB's `s` begins with a letter; a number under that key is seconds. */
function mongoLevel(value: unknown): Severity | undefined {
  return typeof value === 'string' && isAsciiLetter(codeAt(value, 0)) ? severityOf(value) : undefined;
}

/** The error's text, from a string or an object: its name and message, of a trace only the first line. */
function errorOf(fields: object): string | undefined {
  for (const key of ERROR_KEYS) {
    const value = fieldOf(fields, key);
    if (typeof value === 'string' && value !== '') return value;
    if (!isObject(value)) continue;
    const name = firstText(value, ERROR_NAMES);
    const message =
      firstText(value, ERROR_PARTS) ?? firstText(value, ['stack', 'stacktrace', 'stack_trace'])?.split('\n', 1)[0];
    const text = [name, message].filter((part) => part !== undefined).join(': ');
    if (text !== '') return text;
  }
  return undefined;
}

function fieldBits(fields: object): number {
  let bits = httpBits(firstNumber(fields, STATUS_KEYS) ?? 0);
  for (const key of STATUS_HOLDERS) {
    const holder = fieldOf(fields, key);
    if (isObject(holder)) bits |= httpBits(firstNumber(holder, STATUS_KEYS) ?? 0);
  }
  const exit = firstNumber(fields, EXIT_KEYS);
  return exit === undefined ? bits : bits | exitBits(exit);
}

function firstNumber(fields: object, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = fieldOf(fields, key);
    const number = typeof value === 'string' && value.length <= 11 && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) return number;
  }
  return undefined;
}
