import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const TIMEOUT_MS = 30_000;

/**
 * Runs a program of this machine and gives what it printed.
 *
 * @throws Error with the command and what it complained about.
 */
export async function run(command: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args], { timeout: TIMEOUT_MS, maxBuffer: 16 << 20 });
    return stdout;
  } catch (error: unknown) {
    const said = (error as { readonly stderr?: string }).stderr?.trim();
    throw new Error(`${[command, ...args].join(' ')} failed: ${said ?? String(error)}`, { cause: error });
  }
}

/** Whether the program ended well; for questions, and for removing what may be gone already. */
export async function succeeds(command: string, ...args: readonly string[]): Promise<boolean> {
  return run(command, ...args).then(
    () => true,
    () => false,
  );
}
