import { boundedTtl } from '../leases/bounded-ttl.js';
import { Deadlines } from '../leases/deadlines.js';
import type { Token } from '../state/records.js';
import type { VaultStore } from '../state/vault-store.js';
import type { Clock } from '../vault-context.js';
import { badRequest } from '../wire/vault-fault.js';
import { newAccessor, newTokenId } from './token-ids.js';

/** How a token is to be; what is left out is none, never, or the default. */
export interface TokenWish {
  readonly policies: readonly string[];
  readonly path: string;
  readonly displayName: string;
  readonly id?: string | undefined;
  readonly meta?: Readonly<Record<string, string>> | null;
  readonly numUses?: number;
  /** The token it ends with. */
  readonly parent?: string | undefined;
  readonly entityId?: string;
  readonly role?: string;
  readonly ttlSec?: number;
  readonly maxTtlSec?: number;
  readonly explicitMaxTtlSec?: number;
  readonly periodSec?: number;
  readonly renewable?: boolean;
  /** It never ends by itself. Only root tokens may be so. */
  readonly endless?: boolean;
}

/** A token that got its time. */
export interface TimedToken {
  readonly token: Token;
  readonly ttlSec: number;
  readonly warnings: readonly string[] | undefined;
}

/** All tokens: made, found, renewed, and ended together with what depends on them. */
export class TokenBook {
  private readonly byAccessor = new Map<string, string>();
  private readonly children = new Map<string, Set<string>>();
  private readonly deadlines: Deadlines;
  private onEnd: (token: Token) => void = () => undefined;

  constructor(
    private readonly store: VaultStore,
    private readonly clock: Clock,
  ) {
    this.deadlines = new Deadlines(clock, (id) => {
      this.revoke(id);
    });
  }

  /** Begins to end tokens whose time has come; `onEnd` takes back what they were lent. */
  start(onEnd: (token: Token) => void): void {
    this.onEnd = onEnd;
    for (const token of this.store.values('tokens')) this.follow(token);
  }

  stop(): void {
    this.deadlines.stop();
  }

  create(wish: TokenWish): TimedToken {
    const now = this.clock();
    const { ttlSec, warnings } = this.ttlOf(wish, now);
    const numUses = wish.numUses ?? 0;
    const token: Token = {
      id: wish.id ?? newTokenId(),
      accessor: newAccessor(),
      policies: [...new Set(wish.policies)].sort(),
      path: wish.path,
      displayName: wish.displayName,
      meta: wish.meta ?? null,
      numUses,
      usesLeft: numUses,
      parent: wish.parent,
      entityId: wish.entityId ?? '',
      role: wish.role,
      createdMs: now,
      ttlSec,
      expiresMs: wish.endless === true ? undefined : now + ttlSec * 1000,
      renewedMs: undefined,
      renewable: wish.endless === true ? false : (wish.renewable ?? true),
      maxTtlSec: wish.maxTtlSec ?? 0,
      explicitMaxTtlSec: wish.explicitMaxTtlSec ?? 0,
      periodSec: wish.periodSec ?? 0,
    };
    this.put(token);
    return { token, ttlSec, warnings };
  }

  /** `undefined` for one that never was, was revoked, or whose time is over. */
  find(id: string): Token | undefined {
    const token = this.store.get('tokens', id);
    return token?.expiresMs !== undefined && token.expiresMs <= this.clock() ? undefined : token;
  }

  findByAccessor(accessor: string): Token | undefined {
    const id = this.byAccessor.get(accessor);
    return id === undefined ? undefined : this.find(id);
  }

  accessors(): readonly string[] {
    return [...this.byAccessor.keys()];
  }

  /** Gives a token time anew. Throws a 400 when it cannot be renewed or has reached its maximum. */
  renew(token: Token, incrementSec: number): TimedToken {
    if (token.expiresMs === undefined) throw badRequest('invalid lease ID');
    if (!token.renewable) throw badRequest('lease is not renewable');
    const now = this.clock();
    const { ttlSec, warnings } = boundedTtl({
      wantedSec: token.periodSec > 0 ? 0 : incrementSec,
      defaultSec: token.periodSec > 0 ? token.periodSec : token.ttlSec,
      maximaSec: token.periodSec > 0 ? [token.explicitMaxTtlSec] : [token.maxTtlSec, token.explicitMaxTtlSec],
      issuedMs: token.periodSec > 0 && token.explicitMaxTtlSec === 0 ? now : token.createdMs,
      nowMs: now,
    });
    if (ttlSec <= 0) throw badRequest('past the max TTL, cannot renew');
    const renewed = { ...token, expiresMs: now + ttlSec * 1000, renewedMs: now };
    this.put(renewed);
    return { token: renewed, ttlSec, warnings };
  }

  /** Counts a use. The token that was used for the last time ends when the request does. */
  use(token: Token): void {
    if (token.numUses === 0) return;
    this.store.put('tokens', token.id, { ...token, usesLeft: token.usesLeft - 1 });
  }

  /** Ends a token, those that were made with it, and what they all were lent. */
  revoke(id: string): void {
    for (const child of [...(this.children.get(id) ?? [])]) this.revoke(child);
    this.end(id);
  }

  /** Ends a token and what it was lent; those that were made with it live on as orphans. */
  revokeAlone(id: string): void {
    for (const child of [...(this.children.get(id) ?? [])]) {
      const token = this.store.get('tokens', child);
      if (token !== undefined) this.store.put('tokens', child, { ...token, parent: undefined });
    }
    this.end(id);
  }

  private end(id: string): void {
    const token = this.store.get('tokens', id);
    if (token === undefined) return;
    this.deadlines.clear(id);
    this.byAccessor.delete(token.accessor);
    this.children.delete(id);
    if (token.parent !== undefined) this.children.get(token.parent)?.delete(id);
    this.store.delete('tokens', id);
    this.onEnd(token);
  }

  private put(token: Token): void {
    this.store.put('tokens', token.id, token);
    this.follow(token);
  }

  private follow(token: Token): void {
    this.byAccessor.set(token.accessor, token.id);
    if (token.parent !== undefined) {
      const siblings = this.children.get(token.parent) ?? new Set<string>();
      this.children.set(token.parent, siblings.add(token.id));
    }
    if (token.expiresMs !== undefined) this.deadlines.set(token.id, token.expiresMs);
  }

  private ttlOf(wish: TokenWish, now: number): Omit<TimedToken, 'token'> {
    if (wish.endless === true) return { ttlSec: 0, warnings: undefined };
    const periodic = (wish.periodSec ?? 0) > 0;
    return boundedTtl({
      wantedSec: periodic ? 0 : (wish.ttlSec ?? 0),
      defaultSec: wish.periodSec ?? 0,
      maximaSec: [periodic ? 0 : (wish.maxTtlSec ?? 0), wish.explicitMaxTtlSec ?? 0],
      issuedMs: now,
      nowMs: now,
    });
  }
}
