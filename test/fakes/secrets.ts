import { Fault } from '../../lib/domain/errors.ts';
import type { Secrets } from '../../lib/ports.ts';

/** Secrets given beforehand. */
export function memorySecrets(values: Readonly<Record<string, string>>): Secrets {
  return {
    get: async (id) => {
      const value = values[id];
      if (value === undefined) throw new Fault('service-refused', `no secret ${id}`);
      return value;
    },
  };
}
