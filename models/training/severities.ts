import { join } from 'node:path';
import * as z from 'zod';
import { readSettingsFile } from '../../lib/cascade/settings.ts';
import { SEVERITIES, type Severity } from '../../lib/domain/severity.ts';
import { LINES_FOLDER } from './lines-folder.ts';

const fileSchema = z.object({ severities: z.record(z.string(), z.enum(SEVERITIES)) });

/** The severity that lines of a category or concept have as a rule; absent where they have several. */
export async function readSeverities(): Promise<Readonly<Partial<Record<string, Severity>>>> {
  const path = join(LINES_FOLDER, 'severities.json');
  return (await readSettingsFile(path, 'severities', fileSchema)).severities;
}
