/** Severities from least to most severe, in the order of the model's severity logits. */
export const SEVERITIES = ['debug', 'info', 'warn', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Index of the severity from which upwards a line is an anomaly. */
export const FIRST_ANOMALOUS = SEVERITIES.indexOf('warn');

export function isAnomalous(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= FIRST_ANOMALOUS;
}

const LEVEL_NAMES: Readonly<Record<string, Severity>> = {
  trace: 'debug',
  verbose: 'debug',
  fine: 'debug',
  finer: 'debug',
  finest: 'debug',
  debug: 'debug',
  dbg: 'debug',
  d: 'debug',
  v: 'debug',
  info: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  note: 'info',
  config: 'info',
  log: 'info',
  i: 'info',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  w: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  failure: 'error',
  e: 'error',
  critical: 'critical',
  crit: 'critical',
  fatal: 'critical',
  alert: 'critical',
  emerg: 'critical',
  emergency: 'critical',
  panic: 'critical',
  f: 'critical',
};

/** The severity that a log level's usual spellings stand for (`WARNING`, `err`, `E`, `fatal`), undefined for anything else. */
export function levelToSeverity(level: string | undefined): Severity | undefined {
  if (level === undefined || level.length > 16) return undefined;
  const name = level.trim().toLowerCase();
  return Object.hasOwn(LEVEL_NAMES, name) ? LEVEL_NAMES[name] : undefined;
}
