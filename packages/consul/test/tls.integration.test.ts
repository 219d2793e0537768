import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsul } from '../src/index.js';
import type { ConsulTlsOptions } from '../src/index.js';

const run = promisify(execFile);

/** Set by the integration project's set-up. */
const CONSUL = process.env.RAFTAINER_TEST_CONSUL ?? 'consul';

/** A little more than a file's content counts as fresh. */
const LOOKS_EVERY_MS = 600;

describe('TLS', () => {
  let folder: string;
  let server: Server;
  let ca: string;
  const clientNames: (string | undefined)[] = [];

  const pem = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const leader = async (tls: ConsulTlsOptions, host = '127.0.0.1'): Promise<string> => {
    const consul = createConsul({ host, port: (server.address() as AddressInfo).port, tls });
    try {
      return await consul.status.leader();
    } finally {
      consul.close();
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consul-tls-'));
    // Consul makes certificates like those of a real installation.
    await run(CONSUL, ['tls', 'ca', 'create'], { cwd: folder });
    await run(CONSUL, ['tls', 'cert', 'create', '-server'], { cwd: folder });
    await run(CONSUL, ['tls', 'cert', 'create', '-client'], { cwd: folder });
    ca = await pem('consul-agent-ca.pem');
    const [cert, key] = await Promise.all([
      pem('dc1-server-consul-0.pem'),
      pem('dc1-server-consul-0-key.pem'),
    ]);
    server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: false }, (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('"10.0.0.1:8300"');
    });
    server.on('secureConnection', (socket) => {
      clientNames.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('trusts the given authority', async () => {
    expect(await leader({ ca })).toBe('10.0.0.1:8300');
  });

  it('does not trust an unknown one, unless told to', async () => {
    await expect(leader({})).rejects.toMatchObject({ code: 'CONSUL_UNAVAILABLE' });
    expect(await leader({ insecure: true })).toBe('10.0.0.1:8300');
  });

  it('checks the server by the given name', async () => {
    expect(await leader({ ca, serverName: 'server.dc1.consul' })).toBe('10.0.0.1:8300');
    await expect(leader({ ca, serverName: 'server.dc2.consul' })).rejects.toMatchObject({
      code: 'CONSUL_UNAVAILABLE',
    });
  });

  it('shows its own certificate', async () => {
    const [cert, key] = await Promise.all([
      pem('dc1-client-consul-0.pem'),
      pem('dc1-client-consul-0-key.pem'),
    ]);
    await leader({ ca, cert, key });
    expect(clientNames.at(-1)).toBe('client.dc1.consul');
  });

  it('uses what replaces its files, for one client, and never a certificate without its key', async () => {
    const replace = async (name: string, by: string): Promise<void> => {
      await copyFile(by, join(folder, 'next'));
      await rename(join(folder, 'next'), join(folder, name));
    };
    const client = (name: string): string => join(folder, `dc1-client-consul-0${name}.pem`);
    await replace('ca.pem', join(folder, 'consul-agent-ca.pem'));
    await replace('cert.pem', client(''));
    await replace('key.pem', client('-key'));
    const { port } = server.address() as AddressInfo;
    const [caFile, certFile, keyFile] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name));
    const consul = createConsul({ host: '127.0.0.1', port, tls: { caFile, certFile, keyFile } });
    const other = await mkdtemp(join(tmpdir(), 'consul-tls-'));
    try {
      await consul.status.leader();
      expect(clientNames.at(-1)).toBe('client.dc1.consul');
      for (const kind of [['ca'], ['cert', '-server'], ['cert', '-client']]) {
        await run(CONSUL, ['tls', kind[0] ?? '', 'create', ...kind.slice(1)], { cwd: other });
      }
      const next = (name: string): string => join(other, name);
      await replace('cert.pem', next('dc1-client-consul-0.pem'));
      await sleep(LOOKS_EVERY_MS);
      // The key is still the old one: the pair that fits goes on serving.
      expect(await consul.status.leader()).toBe('10.0.0.1:8300');
      await replace('key.pem', next('dc1-client-consul-0-key.pem'));
      await replace('ca.pem', next('consul-agent-ca.pem'));
      const [ca2, cert2, key2] = await Promise.all(
        ['consul-agent-ca', 'dc1-server-consul-0', 'dc1-server-consul-0-key'].map((name) =>
          readFile(next(`${name}.pem`)),
        ),
      );
      server.setSecureContext({ ca: ca2, cert: cert2, key: key2 });
      server.closeAllConnections();
      await sleep(LOOKS_EVERY_MS);
      clientNames.length = 0;
      expect(await consul.status.leader()).toBe('10.0.0.1:8300');
      // The server trusts the new authority only, and so vouches for the new certificate.
      expect(clientNames).toEqual(['client.dc1.consul']);
    } finally {
      consul.close();
      await rm(other, { recursive: true });
    }
  });
});
