import { closeSync, openSync, writeSync } from 'node:fs';

const SUBJECTS = [
  'orders',
  'billing',
  'search',
  'mailer',
  'gateway',
  'replica',
  'importer',
  'scheduler',
  'session',
  'cache',
];
const LEVELS = ['INFO', 'INFO', 'INFO', 'WARN', 'ERROR'];
const LINES_PER_WRITE = 20_000;

type Draw = (below: number) => number;

/** Twenty shapes; with ten subjects in each they come down to two hundred patterns. */
const SHAPES: readonly ((subject: string, draw: Draw) => string)[] = [
  (subject, draw) =>
    `${subject} request ${draw(1e9)} from 10.${draw(256)}.${draw(256)}.${draw(256)} completed in ${draw(900)}ms`,
  (subject, draw) => `Connection to ${subject} timed out after ${draw(9000)}ms (attempt ${draw(9)})`,
  (subject, draw) => `User User${draw(1e5)} logged in to ${subject} from 172.16.${draw(256)}.${draw(256)}`,
  (subject, draw) => `Backup of ${subject} completed successfully: ${draw(1e6)} files and ${draw(900)} MB`,
  (subject, draw) =>
    `GET /api/v2/${subject}/${draw(1e6)} HTTP/1.1 status ${200 + draw(3)} len ${draw(9000)} time 0.${draw(99_999)}`,
  (subject, draw) => `Worker ${draw(64)} of ${subject} restarted with exit code ${draw(2) * 137}`,
  (subject, draw) => `Disk usage of ${subject} volume is at ${draw(100)}% (${draw(900)} GB of ${900 + draw(99)} GB)`,
  (subject, draw) => `File report_${draw(1e6)}.csv uploaded to ${subject} successfully by user User${draw(1e5)}`,
  (subject, draw) => `Scheduled job ${draw(1e5)} of ${subject} finished and processed ${draw(1e6)} records`,
  (subject, draw) => `Failed to write block blk_${draw(1e9)} of ${subject}: checksum does not match`,
  (subject, draw) => `"Retrying ${subject} call, attempt ${draw(9)}, next try in ${draw(9000)} ms"`,
  (subject, draw) => `Memory of ${subject} process ${draw(60_000)} grew to ${draw(9000)} MB and is above its limit`,
  (subject, draw) => `Message ${draw(1e9)} of the ${subject} queue was acknowledged by consumer-${draw(40)}`,
  (subject, draw) => `Configuration of ${subject} reloaded from /etc/${subject}/conf-${draw(1e4)}.yaml without changes`,
  (subject, draw) => `Certificate of ${subject}.example.com expires in ${draw(90)} days and is to be renewed`,
  (subject, draw) => `"Query of ""${subject}"" took ${draw(90_000)} ms and returned ${draw(1e5)} rows"`,
  (subject, draw) => `Leader of ${subject} partition ${draw(128)} elected in epoch ${draw(1e6)} by node ${draw(12)}`,
  (subject, draw) => `Cache of ${subject} dropped ${draw(1e5)} entries with a hit rate of 0.${draw(999)}`,
  (subject, draw) => `Account with ID Account${draw(1e6)} created in ${subject} by User${draw(1e4)}`,
  (subject, draw) => `Heartbeat of ${subject} agent ${draw(400)} was late by ${draw(30)} s and was recovered`,
];

/** Writes a CSV of so many lines of about 100 characters: 200 patterns, their parameters drawn from a fixed sequence. */
export function writeRepetitiveCsv(file: string, lines: number): void {
  const draw = sequence(20_261_121);
  const target = openSync(file, 'w');
  writeSync(target, 'timestamp,source,level,log_message,host\n');
  for (let written = 0; written < lines; written += LINES_PER_WRITE) {
    const rows = Array.from({ length: Math.min(LINES_PER_WRITE, lines - written) }, () => row(draw));
    writeSync(target, rows.join(''));
  }
  closeSync(target);
}

function row(draw: Draw): string {
  const subject = SUBJECTS[draw(SUBJECTS.length)] ?? '';
  const shape = draw(SHAPES.length);
  const message = SHAPES[shape]?.(subject, draw) ?? '';
  const clock = `2025-11-${10 + draw(18)} ${10 + draw(13)}:${10 + draw(49)}:${10 + draw(49)}`;
  return `${clock},${subject}-service,${LEVELS[shape % LEVELS.length]},${message},host-${draw(40)}\n`;
}

/** Numbers from 0 that depend on the seed alone (mulberry32). */
function sequence(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
