import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isAnomalous, levelToSeverity } from '../../../lib/domain/severity.ts';
import { readCsv } from '../read-csv.ts';

const row = z.object({
  LineId: z.string(),
  Level: z.string().optional(),
  Content: z.string(),
  EventId: z.string(),
});

export interface SystemLine {
  readonly id: string;
  /** Lines of one template share it. */
  readonly template: string;
  readonly message: string;
  /** Undefined where the system's lines have no level that we know. */
  readonly anomaly: boolean | undefined;
}
export interface LogSystem {
  readonly name: string;
  readonly lines: readonly SystemLine[];
}

/** The `NAME_2k.log_structured.csv` of a folder. An anomaly is what its author logged at warn or above. */
export async function readSystems(folder: string): Promise<readonly LogSystem[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log_structured.csv')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.split('_')[0] ?? file,
      lines: (await readCsv(join(folder, file), row)).map((line) => ({
        id: line.LineId,
        template: line.EventId,
        message: line.Content,
        anomaly: isLevelAnomalous(line.Level),
      })),
    })),
  );
}

function isLevelAnomalous(level: string | undefined): boolean | undefined {
  const severity = levelToSeverity(level);
  return severity === undefined ? undefined : isAnomalous(severity);
}

/** The first line of each template; it is an anomaly where most lines of the template are. */
export function oneLinePerTemplate(lines: readonly SystemLine[]): readonly SystemLine[] {
  const byTemplate = new Map<string, SystemLine[]>();
  for (const line of lines) byTemplate.set(line.template, [...(byTemplate.get(line.template) ?? []), line]);
  return [...byTemplate.values()].flatMap((those) => {
    const anomalies = those.filter(({ anomaly }) => anomaly).length;
    const [first] = those;
    if (first === undefined) return [];
    return [{ ...first, anomaly: first.anomaly === undefined ? undefined : anomalies * 2 > those.length }];
  });
}
