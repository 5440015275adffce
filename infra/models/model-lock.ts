import { DatabaseSync } from 'node:sqlite';

/** How often a waiting process looks whether the other one is done. */
const LOOK_EVERY_MS = 250;

/**
 * Runs `work` while no other process works on the same model; waits for its turn, after having said so once. The lock
 * is the operating system's, on a file that SQLite holds: it ends with its process, however that ends, so none is ever
 * left behind by one that was killed.
 */
export async function withLock<Result>(
  file: string,
  { pause, onWait }: { readonly pause: (ms: number) => Promise<void>; readonly onWait: () => void },
  work: () => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let looks = 0; !isTaken(database); looks += 1) {
      if (looks === 0) onWait();
      await pause(LOOK_EVERY_MS);
    }
    return await work();
  } finally {
    database.close();
  }
}

/** False while another process has it. */
function isTaken(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    // SQLITE_BUSY (https://sqlite.org/rescode.html).
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return false;
    throw error;
  }
}
