import { orders, search, worker } from './applications.ts';
import { awsEvents, batchBody } from './aws-events.ts';
import { kafka, payments, postgres, redis } from './data.ts';
import { type Dice, dice } from './dice.ts';
import { enterprise } from './enterprise.ts';
import { hostileLines, raggedRows } from './hostile.ts';
import type { Line, System } from './line.ts';
import { kernel, kubelet, lambda, sshd } from './platform.ts';
import { apacheErrors, nginx } from './web.ts';

const SEED = 20_261_102;
const STARTS = Date.UTC(2026, 10, 2, 8);
const RECORDS = 2_600;
const systems = [
  ...[nginx, apacheErrors, postgres, kafka, redis, payments, kernel, sshd, kubelet, lambda, orders, worker, search],
  ...enterprise,
];

interface Spoken extends Line {
  readonly source: string;
  readonly at: Date;
  /** An operator would want to see it. */
  readonly unusual: boolean;
}

function nextSystem(roll: Dice): System {
  const tickets = systems.flatMap((system) => Array.from({ length: system.weight }, () => system));
  return roll.pick([nginx, ...tickets]);
}

/** What the systems say, in the order of time: mostly calm, with a stretch in which one failure drags others along. */
function speak(roll: Dice, count: number): readonly Spoken[] {
  let at = STARTS;
  return Array.from({ length: count }, (_, index) => {
    at += roll.between(40, 2_600);
    const incident = index >= 1_700 && index < 1_730;
    const system = incident ? roll.pick([kernel, kubelet, orders, nginx, nginx, postgres]) : nextSystem(roll);
    const unusual = roll.chance(incident ? 0.9 : system.unusualShare);
    const moment = new Date(at);
    return {
      ...roll.pick(unusual ? system.unusual : system.usual)(roll, moment),
      source: system.source,
      at: moment,
      unusual,
    };
  });
}

const needsQuotes = /[",\r\n]|^\s|\s$/;
const field = (text: string): string => (needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const row = (fields: readonly string[]): string => fields.map(field).join(',');

/** The sample file: `timestamp,source,level,log_message`, hostile lines and ragged rows spread through it. Deterministic. */
export function sampleCsv(): string {
  const rows = speak(dice(SEED), RECORDS).map(({ at, source, level, message }) =>
    row([at.toISOString(), source, level, message]),
  );
  const hostile = hostileLines.map(({ level, message }) =>
    row([new Date(STARTS).toISOString(), 'public-form', level, message]),
  );
  // Not among the first lines: a NUL there would make git call the file binary.
  const odd = [...hostile, ...raggedRows];
  for (const [index, text] of odd.entries()) rows.splice(400 + index * 75, 0, text);
  return `timestamp,source,level,log_message\n${rows.join('\n')}\n`;
}

/** Lines whose label is known, for `npm run eval`: `source,level,log_message,target_label,anomaly`. Deterministic. */
export function labelledCsv(): string {
  const rows = speak(dice(SEED + 1), 4 * RECORDS)
    .flatMap(({ source, level, message, label, unusual }) =>
      label === undefined ? [] : [row([source, level, message, label, unusual ? 'yes' : 'no'])],
    )
    .slice(0, 300);
  return `source,level,log_message,target_label,anomaly\n${rows.join('\n')}\n`;
}

/** Every generated file of `events/`: name -> content. */
export function sampleFiles(): Readonly<Record<string, string>> {
  const events = Object.entries(awsEvents).map(([name, { event }]) => [name, `${JSON.stringify(event, null, 2)}\n`]);
  return {
    'sample.csv': sampleCsv(),
    'labelled.csv': labelledCsv(),
    'batch.ndjson': batchBody,
    ...Object.fromEntries(events),
  };
}
