/**
 * Finds, or fetches, a real Consul for the tests. Node built-ins only: it runs before anything is installed.
 */
import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fromApt, reason } from './consul-package.mjs';

const run = promisify(execFile);

const IMAGE = 'hashicorp/consul';

/**
 * Path of a Consul binary that runs here. Tried in order: `consul` on PATH, the one fetched before,
 * the distribution's package (taken apart in the cache folder, never installed), the public image.
 *
 * @param {{ cacheDir: string, log?: (line: string) => void }} options
 * @returns {Promise<string>}
 * @throws {Error} when none of them works; the message lists what was tried and why it failed.
 */
export async function ensureConsul({ cacheDir, log = () => {} }) {
  const onPath = await findOnPath('consul');
  if (onPath !== undefined && (await runs(onPath))) return onPath;
  const cached = resolve(cacheDir, 'consul');
  if (await runs(cached)) return cached;

  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(resolve(cacheDir), 'fetch-'));
  const failures = [];
  try {
    for (const [name, fetchInto] of [
      ["the distribution's package", fromApt],
      [`the ${IMAGE} image`, fromDocker],
    ]) {
      log(`Fetching Consul from ${name}…`);
      try {
        const binary = await fetchInto(work);
        await chmod(binary, 0o755);
        if (!(await runs(binary))) throw new Error('the fetched binary does not run on this machine');
        // The rename is atomic and the last of two simultaneous fetches wins: both are the same file.
        await rename(binary, cached);
        return cached;
      } catch (error) {
        failures.push(`  - ${name}: ${reason(error)}`);
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new Error(
    `No Consul found. There is none on PATH, and:\n${failures.join('\n')}\nInstall Consul so that \`consul version\` works, then try again.`,
  );
}

async function findOnPath(name) {
  for (const dir of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(dir, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

async function runs(binary) {
  try {
    const { stdout } = await run(binary, ['version'], { timeout: 20_000 });
    return /^Consul v?\d/.test(stdout);
  } catch {
    return false;
  }
}

async function fromDocker(work) {
  const docker = (args, timeout) => run('docker', args, { timeout, maxBuffer: 64 << 20 });
  await docker(['version', '--format', '{{.Server.Version}}'], 10_000);
  await docker(['image', 'inspect', IMAGE], 10_000).catch(() => docker(['pull', '--quiet', IMAGE], 300_000));
  const { stdout } = await docker(['create', IMAGE], 30_000);
  const container = stdout.trim();
  try {
    const binary = join(work, 'consul-from-image');
    await docker(['cp', `${container}:/bin/consul`, binary], 60_000);
    return binary;
  } finally {
    await docker(['rm', '--force', container], 30_000);
  }
}
