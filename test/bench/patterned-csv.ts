/** Words that masking leaves as they are, so that every combination is a pattern of its own: 40 × 30 × 40 × 30. */
const SUBJECTS = words(
  'billing search mailer gateway replica importer scheduler session cache ledger router crawler indexer archiver broker planner resolver balancer uploader notifier reporter exporter compactor watcher proxy registry vault queue renderer parser encoder collector dispatcher estimator monitor janitor publisher replicator tracker validator',
);
const VERBS = words(
  'opened closed started finished refused accepted delayed dropped merged renewed skipped queued copied moved trimmed paused resumed checked flushed loaded joined left split sealed warmed drained rotated signed verified ranked',
);
const OBJECTS = words(
  'invoice shipment account snapshot segment partition report cursor voucher basket contract message bucket cluster channel policy manifest template schema address payload certificate bundle ticket profile order catalog document thread playlist station sensor meter gauge folder mailbox calendar device firmware license',
);
const CAUSES = words(
  'upgrade request rollout failover timeout audit migration restart import review schedule backfill merge policy outage deadline rebalance cleanup maintenance inspection handover expiry renewal shutdown election recovery drift overflow conflict retry',
);

function words(text: string): readonly string[] {
  return text.split(' ');
}

/**
 * A CSV of so many lines of some 110 characters that come down to `patterns` patterns. Each pattern comes once before any
 * comes again; where they come again, evenly and in an order that is the same in every run.
 */
export function patternedCsv(lines: number, patterns: number, firstPattern = 0): string {
  const rows = Array.from({ length: lines }, (_, line) => {
    const pattern = firstPattern + (line < patterns ? line : Math.floor(noise(line) * patterns));
    return `2025-11-${10 + (line % 18)} 11:${10 + (line % 49)}:00,app-${pattern % 7},"${messageOf(pattern, line)}"\n`;
  });
  return `timestamp,source,message\n${rows.join('')}`;
}

function messageOf(pattern: number, line: number): string {
  const pick = (list: readonly string[], by: number) => list[Math.floor(pattern / by) % list.length];
  const [subject, verb, object, cause] = [
    pick(SUBJECTS, 1),
    pick(VERBS, 40),
    pick(OBJECTS, 1_200),
    pick(CAUSES, 48_000),
  ];
  const variable = `id ${line * 7_919} from 10.${line % 250}.${line % 199}.7 took ${line % 9_000} ms`;
  return `${subject} ${verb} the ${object} after ${cause}: ${variable}`;
}

/** From 0 to 1, of the number alone (mulberry32). */
function noise(seed: number): number {
  let mixed = (seed + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 1 | mixed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
