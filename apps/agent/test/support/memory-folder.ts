import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder in memory, as files of pods need it; `/run` is not in memory everywhere. */
export async function memoryFolder(): Promise<string> {
  return mkdtemp(join('/dev/shm', 'raftainer-secrets-'));
}
