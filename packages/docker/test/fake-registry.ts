import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startFakeServer } from './fake-server.js';
import type { FakeServer } from './fake-server.js';

/** What the registry does with every request. */
export type RegistryMood = 'serve' | 'hang' | 'fail' | 'limit';

/** A registry on loopback, which engines reach without TLS, with one image of one small layer. */
export interface FakeRegistry extends FakeServer {
  /** `127.0.0.1:port/name:1`. */
  readonly reference: string;
  /** `127.0.0.1:port/name@sha256:…`. */
  readonly digestReference: string;
  mood: RegistryMood;
  /** `user:password` that it wants, if any. */
  account: string | undefined;
}

/** The parts of Docker's registry API version 2 that a pull needs. */
export async function startRegistry(name: string): Promise<FakeRegistry> {
  const blobs = await imageBlobs(name);
  const server = await startFakeServer((request, response) => {
    if (registry.mood === 'serve') serve(request, response);
    else if (registry.mood === 'fail') response.writeHead(500).end('out of order');
    else if (registry.mood === 'limit') refuse(response, 429, 'TOOMANYREQUESTS');
  });

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const given = Buffer.from(
      request.headers.authorization?.replace('Basic ', '') ?? '',
      'base64',
    ).toString();
    if (registry.account !== undefined && given !== registry.account) {
      response.setHeader('WWW-Authenticate', 'Basic realm="fake"');
      refuse(response, 401, 'UNAUTHORIZED');
      return;
    }
    const [, kind = '', what = ''] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const blob = kind === 'manifests' && what === '1' ? blobs.manifest : blobs.all.get(what);
    if (request.url === '/v2/') response.end('{}');
    else if (blob === undefined) refuse(response, 404, 'MANIFEST_UNKNOWN');
    else send(response, blob, request.method === 'HEAD');
  };

  const registry: FakeRegistry = {
    ...server,
    reference: `${server.address}/${name}:1`,
    digestReference: `${server.address}/${name}@${blobs.manifest.digest}`,
    mood: 'serve',
    account: undefined,
  };
  return registry;
}

interface Blob {
  readonly type: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

async function imageBlobs(name: string): Promise<{ manifest: Blob; all: Map<string, Blob> }> {
  const tar = await tarOf('made-for', name);
  const layer = blob(LAYER, gzipSync(tar));
  const rootfs = { type: 'layers', diff_ids: [digest(tar)] };
  const config = blob(
    CONFIG,
    jsonBytes({ architecture: 'amd64', os: 'linux', config: { Cmd: ['/x'] }, rootfs }),
  );
  const part = ({ type, digest: id, bytes }: Blob): object => ({
    mediaType: type,
    size: bytes.length,
    digest: id,
  });
  const manifest = blob(
    MANIFEST,
    jsonBytes({ schemaVersion: 2, mediaType: MANIFEST, config: part(config), layers: [part(layer)] }),
  );
  return { manifest, all: new Map([layer, config, manifest].map((each) => [each.digest, each])) };
}

/** A tar archive with one file. */
export async function tarOf(name: string, content: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { type, digest: id, bytes }: Blob, headOnly: boolean): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Docker-Content-Digest': id,
  });
  response.end(headOnly ? undefined : bytes);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }));
}

function blob(type: string, bytes: Buffer): Blob {
  return { type, digest: digest(bytes), bytes };
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
