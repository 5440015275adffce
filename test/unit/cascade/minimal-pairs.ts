/** Pairs of lines that differ in one fact. The second is the worse one. Where `sides` says so, a threshold of one half lies between them. */
export interface MinimalPair {
  readonly fine: string;
  readonly worse: string;
  readonly sides?: 'apart';
}

export const MINIMAL_PAIRS: readonly MinimalPair[] = [
  { fine: 'GET /api/orders HTTP/1.1 200 in 14 ms', worse: 'GET /api/orders HTTP/1.1 503 in 14 ms', sides: 'apart' },
  { fine: 'GET /api/orders HTTP/1.1 200 in 14 ms', worse: 'GET /api/orders HTTP/1.1 404 in 14 ms' },
  { fine: 'GET /api/orders HTTP/1.1 404 in 14 ms', worse: 'GET /api/orders HTTP/1.1 500 in 14 ms' },
  { fine: '"POST /login HTTP/1.1" 302 0', worse: '"POST /login HTTP/1.1" 502 0', sides: 'apart' },
  { fine: 'upstream responded with status 200', worse: 'upstream responded with status 503', sides: 'apart' },
  { fine: 'request finished, status=204', worse: 'request finished, status=500', sides: 'apart' },
  { fine: 'callback answered 200 OK', worse: 'callback answered 500 Internal Server Error', sides: 'apart' },
  { fine: 'health probe returned status code 200', worse: 'health probe returned status code 500', sides: 'apart' },
  { fine: 'Process finished with exit code 0', worse: 'Process finished with exit code 1', sides: 'apart' },
  { fine: 'container web exited with code 0', worse: 'container web exited with code 137', sides: 'apart' },
  { fine: 'backup script exit status 0', worse: 'backup script exit status 2', sides: 'apart' },
  { fine: 'child 4412 exited with 0', worse: 'child 4412 exited with 9' },
  { fine: 'rsync done rc=0', worse: 'rsync done rc=23', sides: 'apart' },
  { fine: 'disk usage is at 12%', worse: 'disk usage is at 99%', sides: 'apart' },
  { fine: 'filesystem /var is 31% full', worse: 'filesystem /var is 100% full' },
  { fine: 'memory usage 40%', worse: 'memory usage 97%', sides: 'apart' },
  { fine: 'heap 35% used', worse: 'heap 88% used' },
  { fine: 'cpu utilization 22 percent', worse: 'cpu utilization 99 percent', sides: 'apart' },
  { fine: 'disk has 95% free', worse: 'disk has 2% free' },
  { fine: 'deployment web: 3/3 replicas ready', worse: 'deployment web: 0/3 replicas ready', sides: 'apart' },
  { fine: 'deployment web: 3/3 replicas ready', worse: 'deployment web: 1/3 replicas ready' },
  { fine: '5 of 5 nodes available', worse: '0 of 5 nodes available', sides: 'apart' },
  { fine: 'checks passed: 12/12', worse: 'checks passed: 0/12', sides: 'apart' },
  { fine: 'import finished, 0 errors', worse: 'import finished, 14 errors' },
  { fine: 'scan complete: no errors detected', worse: 'scan complete: errors detected' },
  { fine: 'build finished without errors', worse: 'build finished with errors' },
  { fine: 'errors=0 processed=120', worse: 'errors=7 processed=120' },
  { fine: 'INFO cache refreshed', worse: 'ERROR cache refreshed', sides: 'apart' },
  { fine: 'INFO retrying connection', worse: 'WARN retrying connection' },
  { fine: 'WARN retrying connection', worse: 'ERROR retrying connection' },
  {
    fine: 'DEBUG could not find entry, using default',
    worse: 'ERROR could not find entry, using default',
    sides: 'apart',
  },
  {
    fine: '{"level":"info","msg":"payment processed"}',
    worse: '{"level":"error","msg":"payment processed"}',
    sides: 'apart',
  },
  { fine: 'level=info msg="snapshot taken"', worse: 'level=error msg="snapshot taken"', sides: 'apart' },
  { fine: 'worker stopped normally', worse: 'worker stopped unexpectedly' },
  { fine: 'connection to broker established', worse: 'connection to broker refused', sides: 'apart' },
  { fine: 'certificate renewed', worse: 'certificate expired' },
  { fine: 'job 12 completed', worse: 'job 12 failed', sides: 'apart' },
  { fine: 'replica is in sync', worse: 'replica is out of sync' },
];
