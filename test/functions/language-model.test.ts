import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { type LlmServer, labelReply, startLlmServer } from '../fakes/llm-server.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

/** Secrets Manager's GetSecretValue: the secret as it stands, or a refusal while there is none. */
let secret: string | undefined;
const secretsManager = createServer((_request, response) => {
  const answer = secret === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: secret };
  response.writeHead(secret === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer));
});

let service: Service;
let llm: LlmServer;
let secretsUrl: string;
beforeAll(async () => {
  llm = await startLlmServer(() => labelReply(['Deprecation Warning']));
  service = await startService({ LLM_BASE_URL: llm.baseUrl });
  secretsUrl = `http://127.0.0.1:${await listen(secretsManager, 0)}`;
});
afterAll(async () => {
  await Promise.all([service.close(), llm.close(), closeServer(secretsManager)]);
});
// A process reads its environment once: each test has the handler of a new one.
beforeEach(() => {
  vi.resetModules();
  secret = undefined;
});
afterEach(() => vi.unstubAllEnvs());

let count = 0;
/** A line that no earlier test has had answered and cached. */
const newLine = () => `The module ${'abcdefghij'[count++]} is to be retired soon.`;
const openHandler = async () => (await import('../../functions/classify/http.ts')).handler;
const classify = async (handler: Awaited<ReturnType<typeof openHandler>>) => {
  const body = JSON.stringify({ log_entries: [{ source: 'LegacyCRM', log_message: newLine() }] });
  const reply = await handler(anApiEvent({ method: 'POST', path: '/classify', scopes: 'ingest', body }), aContext());
  return bodyOf(reply).results[0];
};
const usedSecret = () => {
  vi.stubEnv('LLM_SECRET_ARN', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:llm');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secretsUrl);
};

describe('the language model of a process', () => {
  it('is asked with the key of the environment, for sources routed to it', async () => {
    vi.stubEnv('GROQ_API_KEY', 'key-of-the-environment');

    const verdict = await classify(await openHandler());

    expect(verdict).toMatchObject({ target_label: 'Deprecation Warning', stage: 'llm' });
    expect(verdict.degraded).toBeUndefined();
    expect(llm.requests.at(-1)?.authorization).toBe('Bearer key-of-the-environment');
  });

  it('is asked with the key of the secret, which is read when it is first needed', async () => {
    usedSecret();
    const handler = await openHandler();
    secret = 'key-of-the-secret';

    const verdict = await classify(handler);

    expect(verdict).toMatchObject({ stage: 'llm' });
    expect(llm.requests.at(-1)?.authorization).toBe('Bearer key-of-the-secret');
  });

  it('costs its own stage only while the secret cannot be read, and is taken up when it can', async () => {
    usedSecret();
    const handler = await openHandler();

    const without = await classify(handler);
    secret = 'a-later-key';
    const withKey = await classify(handler);

    expect(without).toMatchObject({ target_label: 'Deprecation Warning', degraded: true });
    expect(without.stage).not.toBe('llm');
    expect(withKey).toMatchObject({ stage: 'llm' });
    expect(llm.requests.at(-1)?.authorization).toBe('Bearer a-later-key');
    expect(service.logged.join()).not.toMatch(/retired soon|a-later-key/);
  });
});
