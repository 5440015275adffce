import type { Chunk } from '../../lib/domain/chunk.ts';
import type { Job } from '../../lib/domain/job.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import type { Decision } from '../../lib/domain/verdict.ts';

export const aTenant = 'acme';
export const aJobId = '0123456789abcdefghijklmnop';

export function aJob(fields: Partial<Job> = {}): Job {
  return {
    tenant: aTenant,
    id: aJobId,
    kind: 'upload',
    name: 'app.csv',
    state: 'running',
    createdAt: '2026-03-01T10:00:00.000Z',
    touchedAt: '2026-03-01T10:00:00.000Z',
    wanted: {},
    layout: {
      format: 'csv',
      delimiter: ',',
      header: ['source', 'message'],
      columns: { source: 'source', message: 'message' },
      joinContinuations: false,
      defaultSource: '',
    },
    pins: {
      anomalyThreshold: 0.5,
      chunkRecords: LIMITS.chunkRecords,
      chunkBytes: LIMITS.chunkBytes,
      segmentBytes: LIMITS.segmentBytes,
    },
    ...fields,
  };
}

export function aChunk(fields: Partial<Chunk> = {}): Chunk {
  return {
    tenant: aTenant,
    jobId: aJobId,
    segment: 0,
    chunk: 0,
    object: { bucket: 'uploads', key: 'incoming/acme/app.csv' },
    start: 16,
    end: 100,
    records: 4,
    firstRow: 1,
    firstLine: 2,
    ...fields,
  };
}

export function aDecision(fields: Partial<Decision> = {}): Decision {
  return {
    category: 'System Notification',
    confidence: 0.97,
    score: 0.03,
    severity: 'info',
    stage: 'rule',
    ruleId: 'backup-ended',
    model: { id: 'rules', version: '1' },
    reason: 'rule backup-ended',
    ...fields,
  };
}
