/**
 * Takes Consul out of the distribution's package, without installing it: apt works in folders of its own, with the
 * archive that this machine's apt uses already and the keys that it trusts already.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Consul left both distributions; these are the releases that still carry it. */
const CARRIERS = [
  { origin: 'Debian', suites: ['bullseye'], component: 'main', keyring: /^debian-archive.*\.(gpg|asc|pgp)$/ },
  { origin: 'Ubuntu', suites: ['jammy'], component: 'universe', keyring: /^ubuntu-archive-keyring\.gpg$/ },
];

/**
 * Fetches the package and unpacks it in `work`; gives the path of the binary.
 *
 * @param {string} work
 * @returns {Promise<string>}
 * @throws {Error} that names every archive tried and why it failed
 */
export async function fromApt(work) {
  const failures = [];
  try {
    return await unpack(work, []);
  } catch (error) {
    failures.push(`configured sources: ${reason(error)}`);
  }
  const repositories = await aptRepositories();
  if (repositories.length === 0) throw new Error('apt has no Debian or Ubuntu source configured');
  for (const { uri, origin } of repositories) {
    for (const carrier of CARRIERS.filter((each) => each.origin === origin)) {
      for (const suite of carrier.suites) {
        try {
          return await unpack(work, await separateApt(work, { uri, suite, carrier }));
        } catch (error) {
          failures.push(`${suite} at ${uri}: ${reason(error)}`);
        }
      }
    }
  }
  throw new Error(failures.join('; '));
}

/** The archives that this machine's own apt uses, security archives left out. */
async function aptRepositories() {
  const { stdout } = await run('apt-get', ['indextargets'], { maxBuffer: 64 << 20, timeout: 60_000 });
  const found = new Map();
  for (const stanza of stdout.split('\n\n')) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const uri = field('Repo-URI');
    const origin = CARRIERS.find(
      (each) => each.origin === field('Origin') || isArchiveOf(each.origin, uri),
    )?.origin;
    if (origin === undefined || /security/i.test(`${uri} ${field('Label')}`)) continue;
    found.set(uri, origin);
  }
  return [...found].map(([uri, origin]) => ({ uri, origin }));
}

/** Before the first `apt-get update` a target has no Origin yet; mirrors end in the archive's name. */
function isArchiveOf(origin, uri) {
  return new RegExp(`/${origin}/?$`, 'i').test(uri);
}

/** Options that keep apt's lists, cache and sources in `work`, so that the system's stay untouched. */
async function separateApt(work, { uri, suite, carrier }) {
  const root = join(work, `apt-${suite}`);
  for (const dir of ['lists/partial', 'cache/archives/partial', 'parts']) {
    await mkdir(join(root, dir), { recursive: true });
  }
  const list = join(root, 'sources.list');
  const keys = await keyrings(carrier.keyring);
  await writeFile(list, `deb [signed-by=${keys.join(',')}] ${uri} ${suite} ${carrier.component}\n`);
  const options = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': join(root, 'parts'),
    'Dir::State': root,
    'Dir::State::lists': join(root, 'lists'),
    'Dir::Cache': join(root, 'cache'),
    'Acquire::Languages': 'none',
    // An old release no longer renews its date; its signature is checked all the same.
    'Acquire::Check-Valid-Until': 'false',
    'APT::Sandbox::User': 'root',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...flags, '-q', 'update'], { maxBuffer: 64 << 20, timeout: 180_000 });
  return flags;
}

async function keyrings(pattern) {
  const dir = '/usr/share/keyrings';
  const names = await readdir(dir).catch(() => []);
  const found = names.filter((name) => pattern.test(name)).map((name) => join(dir, name));
  if (found.length === 0)
    throw new Error(`no keyring of the distribution in ${dir}; install its archive-keyring package`);
  return found;
}

async function unpack(work, flags) {
  const into = await mkdtemp(join(work, 'deb-'));
  const sandbox = ['-o', 'APT::Sandbox::User=root'];
  await run('apt-get', [...sandbox, ...flags, '-q', 'download', 'consul'], {
    cwd: into,
    maxBuffer: 64 << 20,
    timeout: 300_000,
  });
  const archive = (await readdir(into)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download left no package');
  await run('dpkg-deb', ['-x', join(into, archive), join(into, 'root')], { timeout: 120_000 });
  return join(into, 'root/usr/bin/consul');
}

/** What went wrong, in one line: the end of what the command printed, or the message. */
export function reason(error) {
  const text = error?.stderr || error?.message || String(error);
  return text.trim().split('\n').slice(-3).join(' | ');
}
