import { writeFileSync } from 'node:fs';
import { sampleFiles } from './sample/compose.ts';

/** `npm run sample`: writes the files of this folder, the same bytes every time. */
for (const [name, text] of Object.entries(sampleFiles())) writeFileSync(new URL(name, import.meta.url), text);
