import { openPorts } from './ports.ts';

/** Writes what the process counted, if that is due: said at the end of an invocation. */
export async function flush(): Promise<void> {
  await openPorts().telemetry.flushIfDue();
}
