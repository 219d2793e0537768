import { uniqueName } from '@raftainer/testing';
import { expect } from 'vitest';
import {
  callVault,
  type AuthReply,
  type VaultReply,
  type VaultRequest,
  type VaultUnderTest,
} from '../vault-api.js';

/** Someone with a token at a server. */
export class VaultUser {
  constructor(
    private readonly server: VaultUnderTest,
    readonly token: string,
  ) {}

  /** Calls with this token. */
  call(path: string, request: VaultRequest = {}): Promise<VaultReply> {
    return callVault(this.server.address, path, { token: this.token, ...request });
  }

  /** Calls, and fails the test unless it is answered with 200 or 204. */
  async ok(path: string, request: VaultRequest = {}): Promise<VaultReply> {
    const reply = await this.call(path, request);
    expect([200, 204], `${path}: ${reply.text}`).toContain(reply.status);
    return reply;
  }

  /** Someone with another token at the same server. */
  as(token: string): VaultUser {
    return new VaultUser(this.server, token);
  }

  /** Makes a policy of its own and a token that has it. */
  async withPolicy(
    policy: string,
    token: Readonly<Record<string, unknown>> = {},
  ): Promise<VaultUser & { auth: AuthReply }> {
    const name = uniqueName('policy');
    await this.ok(`sys/policies/acl/${name}`, { method: 'PUT', body: { policy } });
    return this.withToken({ policies: [name], ...token });
  }

  /** Makes a token. */
  async withToken(
    body: Readonly<Record<string, unknown>>,
    path = 'auth/token/create',
  ): Promise<VaultUser & { auth: AuthReply }> {
    const auth = authOf(await this.ok(path, { body }));
    return Object.assign(this.as(auth.client_token), { auth });
  }

  /** Enables an engine at a path of its own, which is returned. */
  async mount(type: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const path = uniqueName(type);
    await this.ok(`sys/mounts/${path}`, { body: { type, ...body } });
    return path;
  }
}

/** The `auth` part of an answer that must have one. */
export function authOf(reply: VaultReply): AuthReply {
  expect(reply.body.auth, reply.text).toBeTruthy();
  return reply.body.auth!;
}
