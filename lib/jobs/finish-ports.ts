import type { Clock, JobEvents } from '../ports.ts';
import type { FinishSegmentPorts } from './finish-segment.ts';

/** What ending a job needs of the world. */
export interface FinishPorts extends FinishSegmentPorts {
  readonly events: JobEvents;
  readonly clock: Clock;
}
