import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownersSettings } from '../../../infra/local/environment.ts';
import { readEnvironment, readStartOptions, UsageError } from '../../../infra/local/start-options.ts';
import { aFolder } from '../../factories/a-folder.ts';

describe('the command line of npm start', () => {
  it('has defaults for everything', () => {
    expect(readStartOptions([])).toEqual({ file: undefined, state: resolve('.logsieve'), port: 8000, once: false });
  });

  it.each(['My File.CSV.gz', 'app.tsv', 'app.ndjson', 'syslog.log.gz'])('takes %s and options', async (name) => {
    await using folder = await aFolder();
    const file = join(folder.path, name);
    writeFileSync(file, '');

    const options = readStartOptions([file, '--state', folder.path, '--port', '9000', '--once']);

    expect(options).toEqual({ file, state: folder.path, port: 9000, once: true });
  });

  it.each([
    [['--port', 'http'], '--port http is no port'],
    [['--port', '70000'], '--port 70000 is no port'],
    [['--host', 'example.com'], '--host example.com: it is 127.0.0.1 or 0.0.0.0'],
    [['--state', ''], '--state wants the name of a folder'],
    [['--nonsense'], '--nonsense'],
    [['nowhere.csv'], 'There is no file nowhere.csv'],
    [['notes.txt'], 'not in .csv'],
    [['a.csv', 'b.csv'], 'One file at a time'],
  ])('refuses %j and says why', (args, why) => {
    expect(() => readStartOptions(args)).toThrow(UsageError);
    expect(() => readStartOptions(args)).toThrow(why);
  });

  it('refuses a folder that is named like a file', async () => {
    await using folder = await aFolder();
    mkdirSync(join(folder.path, 'folder.csv'));

    expect(() => readStartOptions([join(folder.path, 'folder.csv')])).toThrow('is no file');
  });

  it('reads a .env below the environment, and passes on only what functions may see', async () => {
    await using folder = await aFolder();
    const file = join(folder.path, '.env');
    writeFileSync(file, 'GROQ_API_KEY=from-file\nLLM_MODEL="a model"\nAWS_SECRET_ACCESS_KEY=hidden\nPATH=/nowhere\n');

    const environment = readEnvironment(file);

    expect(ownersSettings(environment)).toEqual({ GROQ_API_KEY: 'from-file', LLM_MODEL: 'a model' });
    expect(environment.PATH).toBe(process.env.PATH);
    expect(readEnvironment(join(folder.path, 'none')).PATH).toBe(process.env.PATH);
  });
});
