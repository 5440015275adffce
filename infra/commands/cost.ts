import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readMeasures } from '../cost/measures.ts';
import { costPage } from '../cost/page.ts';

/** `npm run cost`: writes docs/COST.md from the committed measures, prices and stages. Measuring anew: `npm run cost:measure`. */
const file = resolve(import.meta.dirname, '../../docs/COST.md');
await mkdir(dirname(file), { recursive: true });
await writeFile(file, costPage(await readMeasures()));
console.log('docs/COST.md');
