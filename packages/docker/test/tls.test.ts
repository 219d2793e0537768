import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDocker } from '../src/index.js';
import { rejection } from './rejection.js';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

/** A folder with ca, server and client certificates, as Docker's documentation has one make them. */
function makeCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docker-tls-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=ca',
    '-keyout',
    'ca-key.pem',
    '-out',
    'ca.pem',
  );
  writeFileSync(join(folder, 'san.cnf'), 'subjectAltName=IP:127.0.0.1\n');
  for (const [name, key, cert] of [
    ['server', 'server-key.pem', 'server-cert.pem'],
    ['client', 'key.pem', 'cert.pem'],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      'request.pem',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      'request.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca-key.pem',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'san.cnf',
      '-out',
      cert,
    );
  }
  return folder;
}

describe.skipIf(!hasOpenssl())('an engine behind TLS', () => {
  let folder = '';
  const server = { port: 0, close: (): void => undefined };
  beforeAll(async () => {
    folder = makeCertificates();
    const pem = (name: string): Buffer => readFileSync(join(folder, name));
    const https = createServer(
      {
        ca: pem('ca.pem'),
        cert: pem('server-cert.pem'),
        key: pem('server-key.pem'),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (_, response) => {
        response.end('OK');
      },
    );
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    server.port = (https.address() as AddressInfo).port;
    server.close = () => {
      https.closeAllConnections();
      https.close();
    };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is reached with the certificates of the environment', async () => {
    vi.stubEnv('DOCKER_TLS_VERIFY', '1');
    vi.stubEnv('DOCKER_CERT_PATH', folder);
    vi.stubEnv('DOCKER_HOST', `tcp://127.0.0.1:${server.port}`);
    const docker = createDocker();
    await docker.ping();
    docker.close();
  });

  it('is unavailable without them', async () => {
    const docker = createDocker({ host: `tcp://127.0.0.1:${server.port}` });
    expect((await rejection(docker.ping())).code).toBe('DOCKER_UNAVAILABLE');
    docker.close();
  });
});

describe('the environment', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('does not override a given host', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://192.0.2.1:1');
    vi.stubEnv('DOCKER_CLIENT_TIMEOUT', '1');
    const docker = createDocker({ host: 'unix:///nowhere.sock' });
    expect((await rejection(docker.ping())).message).toContain('/nowhere.sock');
  });
});
