/** Child processes of the scripts: captured or visible, and ended with us. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's folder; every script works whatever the current folder is. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command to its end and keeps its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, detached?: boolean }} [options] detached: Ctrl-C does not reach it
 * @returns {Promise<{ code: number, output: string, stdout: string }>} 127 when it cannot be started
 */
export function capture(command, args, { cwd = ROOT, env = process.env, detached = false } = {}) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd, env, detached, stdio, shell: needsShell(command) });
  let output = '';
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, output: `${output}${error.message}`, stdout }));
    child.once('close', (code, signal) => resolve({ code: code ?? exitCodeOf(signal), output, stdout }));
  });
}

/**
 * Runs a command to its end in full view. Ctrl-C reaches it without our help, as it is in our process group; we wait
 * for its end. SIGTERM, which reaches only us, is passed on.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code
 */
export async function visible(command, args, { cwd = ROOT, env = process.env } = {}) {
  const child = spawn(command, args, { cwd, env, shell: needsShell(command), stdio: 'inherit' });
  const wait = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? exitCodeOf(signal)));
    });
  } finally {
    process.off('SIGINT', wait).off('SIGTERM', passOn);
  }
}

const PATIENCE_MS = 10_000;

/**
 * Ends a child with a signal, and with SIGKILL when it is still there after 10 s; resolves once it is gone.
 *
 * @param {import('node:child_process').ChildProcess} child may have ended already, or never have started
 * @param {NodeJS.Signals} signal
 */
export async function endChild(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const hardKill = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(hardKill);
}

/** On Windows npm is a batch file. */
function needsShell(command) {
  return process.platform === 'win32' && command === 'npm';
}

/** The shell's convention: 128 and the signal's number, of which only the two of an interruption matter here. */
function exitCodeOf(signal) {
  return { SIGINT: 130, SIGTERM: 143 }[signal] ?? 1;
}
