import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedVault } from '@raftainer/embedded';
import { createVault } from '@raftainer/vault';

import type { EmbeddedVault } from '@raftainer/embedded';
import type { VaultClient } from '@raftainer/vault';

const POLICIES = new URL('../../../../docs/policies/', import.meta.url);

/** A Vault of a test, with an AppRole for agents that has the policy from the documentation. */
export class TestVault {
  /** May do anything. */
  readonly admin: VaultClient;
  readonly #dataDir: string;
  #server: EmbeddedVault;
  #isAway = false;

  private constructor(server: EmbeddedVault, dataDir: string) {
    this.#server = server;
    this.#dataDir = dataDir;
    this.admin = createVault({ address: server.address, auth: { method: 'token', token: server.rootToken } });
  }

  static async start(): Promise<TestVault> {
    const dataDir = await mkdtemp(join(tmpdir(), 'raftainer-vault-'));
    const vault = new TestVault(await startEmbeddedVault({ port: 0, dataDir }), dataDir);
    await vault.policy('raftainer-agent', await readFile(new URL('vault-agent.hcl', POLICIES), 'utf8'));
    await vault.request('POST', 'sys/auth/approle', { type: 'approle' });
    await vault.agentTokens({ ttl: '1h', max: '24h' });
    return vault;
  }

  get server(): EmbeddedVault {
    return this.#server;
  }

  /** How long the tokens of the agents that log in from now on live, such as `1h`. */
  async agentTokens({ ttl, max }: { readonly ttl: string; readonly max: string }): Promise<void> {
    await this.request('POST', 'auth/approle/role/agent', {
      token_policies: 'raftainer-agent',
      token_ttl: ttl,
      token_max_ttl: max,
    });
  }

  /** Ends the server; nobody listens any more. */
  async goAway(): Promise<void> {
    this.#isAway = true;
    await this.#server.close();
  }

  /** Starts it again, with the same port and data, unless it is there. */
  async comeBack(): Promise<void> {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#server = await startEmbeddedVault({ port: this.#server.port, dataDir: this.#dataDir });
  }

  /** Variables of an agent that logs in by its AppRole. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    const role = await this.request('GET', 'auth/approle/role/agent/role-id');
    const secret = await this.request('POST', 'auth/approle/role/agent/secret-id', {});
    return {
      VAULT_ADDR: this.server.address,
      VAULT_ROLE_ID: String(role.role_id),
      VAULT_SECRET_ID: String(secret.secret_id),
    };
  }

  async policy(name: string, policy: string): Promise<void> {
    await this.request('PUT', `sys/policies/acl/${name}`, { policy });
  }

  /** A token role for pods that may read what the policy says. */
  async podRole(name: string, policy: string): Promise<void> {
    await this.policy(name, policy);
    await this.request('POST', `auth/token/roles/${name}`, { allowed_policies: name, token_period: '1h' });
  }

  /** The `data` of the answer; empty when there is none. */
  async request(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.server.address}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': this.server.rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} gave ${String(answer.status)}: ${text}`);
    const parsed = text === '' ? {} : (JSON.parse(text) as { readonly data?: Record<string, unknown> });
    return parsed.data ?? {};
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.server.close();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
