import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../src/index.js';
import type { Health, VaultTlsOptions } from '../src/index.js';

const run = promisify(execFile);

describe('TLS', () => {
  let folder: string;
  let server: Server;
  let ca: string;

  const health = async (tls: VaultTlsOptions): Promise<Health> => {
    const { port } = server.address() as AddressInfo;
    const auth = { method: 'token', token: 'root' } as const;
    const vault = createVault({ address: `https://127.0.0.1:${port}`, auth, tls });
    try {
      return await vault.health();
    } finally {
      await vault.close();
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-tls-'));
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2', '-nodes'];
    const name = ['-subj', '/CN=vault', '-addext', 'subjectAltName=DNS:vault.internal'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    await run('openssl', ['req', '-x509', ...key, ...files, ...name], { cwd: folder });
    ca = await readFile(join(folder, 'cert.pem'), 'utf8');
    server = createServer({ cert: ca, key: await readFile(join(folder, 'key.pem')) }, (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ initialized: true, sealed: false, standby: false, version: '1.8.0' }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('trusts the given authority, and checks the server by the given name', async () => {
    expect(await health({ ca, serverName: 'vault.internal' })).toMatchObject({ initialized: true });
    await expect(health({ ca, serverName: 'other.internal' })).rejects.toMatchObject({
      code: 'VAULT_UNREACHABLE',
    });
    await expect(health({ ca })).rejects.toMatchObject({ code: 'VAULT_UNREACHABLE' });
  });

  it('does not trust an unknown one, unless told to, and says what to do', async () => {
    await expect(health({ serverName: 'vault.internal' })).rejects.toThrow(
      /SELF_SIGNED_CERT.* Check the authority \(tls\.ca, VAULT_CACERT\)/,
    );
    expect(await health({ skipVerify: true })).toMatchObject({ initialized: true });
  });

  it('does not read VAULT_SKIP_VERIFY by itself', async () => {
    const before = process.env.VAULT_SKIP_VERIFY;
    process.env.VAULT_SKIP_VERIFY = 'true';
    try {
      await expect(health({})).rejects.toMatchObject({ code: 'VAULT_UNREACHABLE' });
    } finally {
      if (before === undefined) delete process.env.VAULT_SKIP_VERIFY;
      else process.env.VAULT_SKIP_VERIFY = before;
    }
  });
});
