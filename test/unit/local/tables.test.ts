import { type AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openTables } from '../../../infra/local/tables.ts';
import { aFolder } from '../../factories/a-folder.ts';

it('the tables answer nobody at a port of their own', async () => {
  await using scratch = await aFolder();
  const listen = vi.spyOn(Server.prototype, 'listen');
  const tables = await openTables(join(scratch.path, 'tables'));
  const ports = listen.mock.contexts.map((server) => ((server as Server).address() as AddressInfo).port);
  listen.mockRestore();

  const asked = ports.map((port) => fetch(`http://127.0.0.1:${port}/`, { method: 'OPTIONS' }));
  const answers = await Promise.allSettled(asked);

  expect(answers.map(({ status }) => status)).toEqual(['rejected']);
  await tables.close();
});
