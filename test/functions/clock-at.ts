import { vi } from 'vitest';
import { clock } from '../../functions/ports.ts';

/** Stands the functions' clock at a time. The machine's own goes on: signatures of requests are checked against it. */
export function clockAt(timeMs: number): void {
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(timeMs));
}

/** Has the functions' clock go with the machine's again. */
export function clockAsUsual(): void {
  vi.mocked(clock.now).mockRestore();
}
