import { embeddingStage } from '../../lib/cascade/embedding-stage.ts';
import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { readStageFiles, type StageFiles } from '../../lib/cascade/read-stages.ts';
import { ruleStage } from '../../lib/cascade/rule-stage.ts';
import { compileRules, type RuleMatcher } from '../../lib/cascade/rules.ts';
import type { LocalStage } from '../../lib/cascade/stage.ts';
import { similarityStage } from '../../lib/cascade/zero-shot-stage.ts';
import type { LogRecord } from '../../lib/domain/record.ts';
import type { Verdict } from '../../lib/domain/verdict.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import type { Clock, Embedded, EmbeddingModel } from '../../lib/ports.ts';
import { rememberingModel } from '../../models/training/remembering-model.ts';

const RECORDS_PER_CALL = 2000;

/** The cascade as it ships, and its stages one by one. The language model is off, so that two runs agree. */
export interface Judge {
  readonly model: { readonly id: string; readonly version: string };
  /** The cascade's version. */
  readonly version: string;
  readonly matcher: RuleMatcher;
  /** Each local stage by its name, and `descriptions`: similarity to the labels' descriptions without examples. */
  readonly stages: ReadonlyMap<string, LocalStage>;
  judge(records: readonly LogRecord[]): Promise<readonly Verdict[]>;
  embed(texts: readonly string[]): Promise<readonly Embedded[]>;
  close(): Promise<void>;
}

export async function openJudge(modelsFolder: string, options: { threads: number; clock: Clock }): Promise<Judge> {
  const model = rememberingModel(await loadEmbeddingModel(modelsFolder, options));
  const cascade = await openCascade({ modelsFolder, embeddingModel: model, ...options });
  const files = await readStageFiles(modelsFolder);
  return {
    model,
    version: cascade.version,
    matcher: compileRules(files.rules, new Set(files.settings.labels.map(({ name }) => name))),
    stages: await stagesOf(files, model),
    embed: (texts) => model.embed(texts),
    close: () => model.close(),
    async judge(records) {
      const verdicts: Verdict[] = [];
      for (let at = 0; at < records.length; at += RECORDS_PER_CALL) {
        const part = records.slice(at, at + RECORDS_PER_CALL);
        verdicts.push(...(await judgeRecords(cascade, 'eval', part, { threshold: 0.5 })));
      }
      return verdicts;
    },
  };
}

async function stagesOf({ settings, head }: StageFiles, model: EmbeddingModel) {
  const bare = { ...settings, labels: settings.labels.map((label) => ({ ...label, examples: [] })) };
  return new Map<string, LocalStage>([
    ['rule', ruleStage('')],
    ['embedding', embeddingStage(head, model)],
    ['zero-shot', await similarityStage(settings, model)],
    ['descriptions', await similarityStage(bare, model)],
  ]);
}
