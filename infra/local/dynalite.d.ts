declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** DynamoDB on LevelDB: in `path`, or in memory. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
