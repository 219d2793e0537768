import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SetupError } from './setup-error.mjs';

/**
 * Runs `main` when the module is the program itself and not imported. A {@link SetupError} prints as its message alone:
 * its text is made for the reader, and a stack would only hide it.
 *
 * @param {string} moduleUrl `import.meta.url` of the caller
 * @param {() => Promise<void>} main
 */
export async function runMain(moduleUrl, main) {
  if (realpathSync(process.argv[1]) !== fileURLToPath(moduleUrl)) return;
  try {
    await main();
  } catch (error) {
    console.error(`\n${error instanceof SetupError ? error.message : (error?.stack ?? error)}`);
    process.exitCode = 1;
  }
}
