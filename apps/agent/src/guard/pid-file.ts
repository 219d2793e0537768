import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import type { GuardOptions } from './guard.js';

/** Tells whoever supervises the guard its process id. A disk that is full must not keep it from guarding. */
export function writePid({ files, log }: Pick<GuardOptions, 'files' | 'log'>, own: string): void {
  try {
    writeFileSync(files.pid, own, { mode: 0o600 });
  } catch (error: unknown) {
    log('warn', 'The file with its process id could not be written', { error: String(error) });
  }
}

/** Unless another guard has written its own meanwhile. */
export function removePid(file: string, own: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === own) rmSync(file, { force: true });
}
