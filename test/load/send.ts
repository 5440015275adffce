import { Agent, request } from 'node:http';

export interface Target {
  readonly url: string;
  readonly apiKey: string;
}
export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** The bodies that are sent to `POST /classify`, one after the other on each connection. */
  readonly body: Buffer;
}
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Of answers that were not refused, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Answers by status; what was no answer is counted by its code. */
  readonly byStatus: Readonly<Record<string, number>>;
}

/** Sends on so many connections at once, each its next request when the last was answered, for so long. */
export async function sendLoad(target: Target, { connections, seconds, body }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  const byStatus = new Map<string, number>();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;

  async function connection(): Promise<void> {
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      const status = await post(target, agent, body);
      if (status === '200') latencies.push(performance.now() - sentAt);
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    }
  }

  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const requests = [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  return {
    requests,
    perSecond: latencies.length / tookSeconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    byStatus: Object.fromEntries(byStatus),
  };
}

/** The status, or the code of what went wrong. */
function post({ url, apiKey }: Target, agent: Agent, body: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', 'content-length': body.byteLength };
    const sent = request(`${url}/classify/`, { method: 'POST', agent, headers }, (response) => {
      response.on('end', () => resolve(String(response.statusCode)));
      response.on('error', (error) => resolve(codeOf(error)));
      response.resume();
    });
    sent.on('error', (error) => resolve(codeOf(error)));
    sent.end(body);
  });
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
