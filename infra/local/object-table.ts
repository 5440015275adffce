import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import * as z from 'zod';

/** A run of an object's bytes in one file. An object that came in parts is the list of its parts' files: completing it copies nothing. */
const pieceSchema = z.object({ file: z.string(), bytes: z.number() });
export type Piece = z.infer<typeof pieceSchema>;

const headersSchema = z.record(z.string(), z.string());
const jsonText = z.string().transform((text): unknown => JSON.parse(text));

const objectRowSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  bytes: z.number(),
  etag: z.string(),
  modifiedMs: z.number(),
  sequencer: z.string(),
  headers: jsonText.pipe(headersSchema),
  pieces: jsonText.pipe(z.array(pieceSchema)),
});
/** An object as it is kept. `headers` are those it is served with (`content-type`, `x-amz-meta-*`, ...); `sequencer` orders the writes of a key. */
export type StoredObject = z.infer<typeof objectRowSchema>;

const uploadRowSchema = z.object({
  id: z.string(),
  bucket: z.string(),
  key: z.string(),
  initiatedMs: z.number(),
  headers: jsonText.pipe(headersSchema),
});
export type StoredUpload = z.infer<typeof uploadRowSchema>;

const partRowSchema = z.object({
  number: z.number(),
  file: z.string(),
  bytes: z.number(),
  md5: z.string(),
  modifiedMs: z.number(),
});
export type StoredPart = z.infer<typeof partRowSchema>;

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, bytes INTEGER NOT NULL, etag TEXT NOT NULL, modifiedMs INTEGER NOT NULL,
  sequencer TEXT NOT NULL, headers TEXT NOT NULL, pieces TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiatedMs INTEGER NOT NULL, headers TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (
  upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL, md5 TEXT NOT NULL,
  modifiedMs INTEGER NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;`;

export type ObjectTable = ReturnType<typeof openObjectTable>;

/** What the buckets hold, in `<folder>/objects.db`; the bytes lie in files beside it (object-files.ts). Keys are in S3's order, which is SQLite's. */
export function openObjectTable(folder: string) {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'objects.db'));
  database.exec(schema);
  const statement = (sql: string) => database.prepare(sql);
  const all = (sql: string) => {
    const prepared = statement(sql);
    return (...values: SQLInputValue[]) => prepared.all(...values);
  };
  const run = (sql: string) => {
    const prepared = statement(sql);
    return (...values: SQLInputValue[]) => prepared.run(...values);
  };

  const selectObject = all('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const selectRange = all('SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ? ORDER BY key LIMIT ?');
  const selectUntold = all('SELECT * FROM objects WHERE told = 0');
  const selectOlder = all('SELECT * FROM objects WHERE bucket = ? AND modifiedMs < ?');
  const insertObject = run(
    'INSERT OR REPLACE INTO objects (bucket, key, bytes, etag, modifiedMs, sequencer, headers, pieces) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const updateTold = run('UPDATE objects SET told = 1 WHERE bucket = ? AND key = ? AND sequencer = ?');
  const deleteObject = run('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const selectUpload = all('SELECT * FROM uploads WHERE id = ?');
  const selectUploads = all('SELECT * FROM uploads WHERE bucket = ? ORDER BY key, id');
  const insertUpload = run('INSERT INTO uploads (id, bucket, key, initiatedMs, headers) VALUES (?, ?, ?, ?, ?)');
  const deleteUpload = run('DELETE FROM uploads WHERE id = ?');
  const selectParts = all('SELECT * FROM parts WHERE upload = ? ORDER BY number');
  const insertPart = run(
    'INSERT OR REPLACE INTO parts (upload, number, file, bytes, md5, modifiedMs) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const deleteParts = run('DELETE FROM parts WHERE upload = ?');
  const selectFiles = all(
    "SELECT json_extract(value, '$.file') AS file FROM objects, json_each(pieces) UNION SELECT file FROM parts",
  );

  return {
    object: (bucket: string, key: string) => objectRowSchema.optional().parse(selectObject(bucket, key)[0]),
    /** Objects of the bucket whose key is over `after` and not under `from`, in order. */
    objects: (bucket: string, after: string, from: string, limit: number) =>
      z.array(objectRowSchema).parse(selectRange(bucket, after, from, limit)),
    /** Objects whose creation was not told yet. */
    untold: () => z.array(objectRowSchema).parse(selectUntold()),
    olderThan: (bucket: string, modifiedMs: number) => z.array(objectRowSchema).parse(selectOlder(bucket, modifiedMs)),
    put({ bucket, key, bytes, etag, modifiedMs, sequencer, headers, pieces }: StoredObject): void {
      insertObject(bucket, key, bytes, etag, modifiedMs, sequencer, JSON.stringify(headers), JSON.stringify(pieces));
    },
    told: ({ bucket, key, sequencer }: StoredObject) => void updateTold(bucket, key, sequencer),
    remove: (bucket: string, key: string) => void deleteObject(bucket, key),
    upload: (id: string) => uploadRowSchema.optional().parse(selectUpload(id)[0]),
    uploads: (bucket: string) => z.array(uploadRowSchema).parse(selectUploads(bucket)),
    putUpload({ id, bucket, key, initiatedMs, headers }: StoredUpload): void {
      insertUpload(id, bucket, key, initiatedMs, JSON.stringify(headers));
    },
    parts: (upload: string) => z.array(partRowSchema).parse(selectParts(upload)),
    putPart(upload: string, { number, file, bytes, md5, modifiedMs }: StoredPart): void {
      insertPart(upload, number, file, bytes, md5, modifiedMs);
    },
    removeUpload(id: string): void {
      deleteParts(id);
      deleteUpload(id);
    },
    /** Every file that an object or a part still points at. */
    files: () =>
      new Set(
        z
          .array(z.object({ file: z.string() }))
          .parse(selectFiles())
          .map(({ file }) => file),
      ),
    /** Runs the writes as one: all of them or none. */
    together<T>(writes: () => T): T {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = writes();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
