/**
 * Images for the quickstart and the tests, made from what this machine has: no registry is asked. Node built-ins only.
 */
import { dockerHosts, dockerRequest, engineVersion } from './docker-api.mjs';
import { busyboxCommands, fingerprint, hostCommands, imageFiles } from './image-files.mjs';
import { SetupError } from './setup-error.mjs';
import { tarStream } from './tar.mjs';

/** Docker's names for Node's architectures. */
const ARCHITECTURES = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/**
 * @typedef {object} ImageOptions
 * @property {string} [host] of the engine; default DOCKER_HOST or the first of the usual places
 * @property {(line: string) => void} [log]
 */

/**
 * `raftainer/example`: the Node that runs this script, a shell and the usual small commands. About 100 MB.
 *
 * @param {ImageOptions} [options]
 * @returns {Promise<string>} the image's name
 */
export async function ensureExampleImage(options = {}) {
  return ensureImage({
    repository: 'raftainer/example',
    substitute: 'node:22-slim',
    findCommands: () => hostCommands({ node: process.execPath }),
    ...options,
  });
}

/**
 * `raftainer/test`: a shell and the usual small commands; a few megabytes, so that hundreds of containers are cheap.
 *
 * @param {ImageOptions} [options]
 * @returns {Promise<string>} the image's name
 */
export async function ensureTestImage(options = {}) {
  return ensureImage({
    repository: 'raftainer/test',
    substitute: 'busybox',
    findCommands: () => busyboxCommands() ?? hostCommands(),
    ...options,
  });
}

async function ensureImage({
  repository,
  substitute,
  findCommands,
  host = dockerHosts()[0],
  log = () => {},
}) {
  const image = `${repository}:latest`;
  const unfit = await whyNotFromHere(host);
  if (unfit) return substituted({ host, image, substitute, unfit });
  const commands = findCommands();
  const tag = fingerprint(commands);
  const made = `${repository}:${tag}`;
  if ((await dockerRequest(host, `/images/${made}/json`)).status !== 200) {
    log(`Making the image ${repository} from this machine's own files…`);
    await importImage(host, { repository, tag, files: imageFiles(commands) });
  }
  const { status, text } = await dockerRequest(host, `/images/${made}/tag?repo=${repository}&tag=latest`, {
    method: 'POST',
  });
  if (status !== 201) throw new Error(`Tagging ${made} failed with ${status}: ${text}`);
  return image;
}

/** A container runs this machine's binaries only when it is Linux on the same processor. */
async function whyNotFromHere(host) {
  if (process.platform !== 'linux') return `it cannot be made from the files of ${process.platform}`;
  const { os, arch } = await engineVersion(host);
  if (os === 'linux' && arch === ARCHITECTURES[process.arch]) return undefined;
  return `the engine at ${host} runs ${os}/${arch}, this machine is linux/${process.arch}`;
}

async function substituted({ host, image, substitute, unfit }) {
  if ((await dockerRequest(host, `/images/${image}/json`)).status === 200) return image;
  throw new SetupError(`The image ${image} is missing, and ${unfit}.`, {
    nextStep: `docker pull ${substitute} && docker tag ${substitute} ${image}`,
  });
}

async function importImage(host, { repository, tag, files }) {
  const query = new URLSearchParams({
    fromSrc: '-',
    repo: repository,
    tag,
    message: 'made by Raftainer from local files',
  });
  query.append('changes', 'ENV PATH=/usr/local/bin:/usr/bin:/bin');
  query.append('changes', 'CMD ["/bin/sh"]');
  const { status, text } = await dockerRequest(host, `/images/create?${query}`, {
    method: 'POST',
    body: tarStream(files),
    timeoutMs: 120_000,
  });
  // The engine answers 200 before it has read the archive; a failure is a line of the answer.
  const failure = /"error":"([^"]*)"/.exec(text)?.[1];
  if (status === 200 && failure === undefined) return;
  throw new Error(`Importing ${repository} failed with ${status}: ${failure ?? text}`);
}
