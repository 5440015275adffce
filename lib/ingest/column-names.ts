/** What columns and NDJSON keys are called, the surest name first. Matched without regard to case. */
export const COLUMN_NAMES = {
  message: ['message', 'log_message', 'log', 'msg', 'body', 'content', 'text'],
  source: ['source', 'service', 'logger', 'app', 'component'],
  level: ['level', 'severity', 'loglevel', 'lvl', 'priority'],
  timestamp: ['timestamp', 'time', 'date', 'datetime', 'ts', '@timestamp'],
} as const;

export const ROLES = ['message', 'source', 'level', 'timestamp'] as const;
export type Role = (typeof ROLES)[number];

/** The name among `names` that stands for a role, as it is written there. */
export function findColumn(names: readonly string[], role: Role): string | undefined {
  for (const wanted of COLUMN_NAMES[role]) {
    const name = names.find((each) => each.trim().toLowerCase() === wanted);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Where the owner of a file says which column holds the message: every door has a place for it. */
export const HOW_TO_NAME_THE_MESSAGE =
  'columns.message of POST /v1/uploads, the metadata x-amz-meta-message-column of the object, or ?message= of POST /v1/batches';
