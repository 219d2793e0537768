import { CliError } from '../cli-error.js';
import { didYouMean } from '../closest-name.js';

/** Throws `CLI_NOT_FOUND` that names every pod (or host) which is not known, before anything is done to the others. */
export function requireKnown(
  names: readonly string[],
  known: readonly string[],
  what: 'pod' | 'host' = 'pod',
): void {
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    const lines = missing.map((name) => `there is no ${what} "${name}"${didYouMean(name, known)}`);
    throw new CliError('CLI_NOT_FOUND', lines.join('\n'), { details: { missing } });
  }
}
