import { openPorts } from './ports.ts';

/** Writes what the process counted, if that is due: said at the end of an invocation. Never throws. */
export async function flush(): Promise<void> {
  const telemetry = openedTelemetry();
  await telemetry?.flushIfDue();
}

/** A deployment that is wrongly set up counted nothing, and has failed its messages already. */
function openedTelemetry() {
  try {
    return openPorts().telemetry;
  } catch {
    return undefined;
  }
}
