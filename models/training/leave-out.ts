import * as z from 'zod';
import { readManifest } from '../../lib/inference/manifest.ts';

const binSchema = z.object({ logOdds: z.number(), normal: z.number(), anomalous: z.number() });
const trainingSchema = z.object({ leaveRepositoryOut: z.object({ bins: z.array(binSchema) }).optional() });

/** What share of the normal and of the anomalous statements the runs that had not seen their repositories gave such log-odds, in the spread of the model's own. */
export type LeaveOutBin = z.infer<typeof binSchema>;

/** As the model's training left it in the manifest; nothing where it left nothing. */
export async function readLeaveOut(modelsFolder: string, id: string): Promise<readonly LeaveOutBin[]> {
  const { models } = await readManifest(modelsFolder);
  const training = models.find((entry) => entry.id === id)?.training;
  return trainingSchema.parse(training ?? {}).leaveRepositoryOut?.bins ?? [];
}
