import type { Lease, Mount } from '../state/records.js';
import type { VaultStore } from '../state/vault-store.js';
import type { Clock } from '../vault-context.js';
import { badRequest } from '../wire/vault-fault.js';
import { newAccessor } from '../tokens/token-ids.js';
import { boundedTtl, type BoundedTtl } from './bounded-ttl.js';
import { Deadlines } from './deadlines.js';
import type { LeaseEngine } from './lease-engine.js';
import { Revoker } from './revoker.js';

/** What is to be lent. */
export interface LeaseWish {
  /** Where it was asked for; the lease's id begins with it. */
  readonly path: string;
  readonly mount: Mount;
  readonly tokenId: string;
  readonly ttlSec: number;
  /** Default true. */
  readonly renewable?: boolean;
  readonly data: Lease['data'];
}

/**
 * All leases. One that is over is out of sight at once, and is taken back until that has succeeded, over restarts too.
 */
export class LeaseBook {
  private readonly deadlines: Deadlines;
  private readonly revoker: Revoker;
  private readonly engines = new Map<string, LeaseEngine>();

  constructor(
    private readonly store: VaultStore,
    private readonly clock: Clock,
  ) {
    this.deadlines = new Deadlines(clock, (id) => {
      void this.revoke(id);
    });
    this.revoker = new Revoker({
      clock,
      revoke: (id) => this.takeBack(id),
    });
  }

  /** Says who renews and takes back the leases of a mount's type. */
  serve(type: Mount['type'], engine: LeaseEngine): void {
    this.engines.set(type, engine);
  }

  /** Begins to end leases whose time has come, and goes on with what was not yet taken back. */
  start(): void {
    for (const lease of this.store.values('leases')) {
      if (lease.revoking) void this.revoker.begin(lease.id);
      else this.deadlines.set(lease.id, lease.expiresMs);
    }
  }

  /** Ends the timers and waits for what is being taken back just now. */
  async stop(): Promise<void> {
    this.deadlines.stop();
    await this.revoker.stop();
  }

  /**
   * Notes a lease before the thing itself is made, as one to be taken back: if the server dies in between, nothing is
   * left behind. {@link confirm} makes it a lease.
   */
  prepare(wish: LeaseWish): Lease {
    const now = this.clock();
    const lease: Lease = {
      id: `${wish.path}/${newAccessor()}`,
      path: wish.path,
      mountUuid: wish.mount.uuid,
      tokenId: wish.tokenId,
      issuedMs: now,
      expiresMs: now + wish.ttlSec * 1000,
      renewedMs: undefined,
      renewable: wish.renewable ?? true,
      data: wish.data,
      revoking: true,
    };
    this.store.put('leases', lease.id, lease);
    return lease;
  }

  /** The thing was made. False when its token ended meanwhile: then it is taken back at once. */
  confirm(lease: Lease): boolean {
    const ended = this.revoker.knows(lease.id) || this.store.get('leases', lease.id) === undefined;
    this.store.put('leases', lease.id, { ...lease, revoking: ended });
    if (ended) void this.revoker.begin(lease.id);
    else this.deadlines.set(lease.id, lease.expiresMs);
    return !ended;
  }

  /** The thing was certainly not made. */
  forget(id: string): void {
    this.deadlines.clear(id);
    this.revoker.forget(id);
    this.store.delete('leases', id);
  }

  find(id: string): Lease | undefined {
    const lease = this.store.get('leases', id);
    return lease === undefined || lease.revoking || lease.expiresMs <= this.clock() ? undefined : lease;
  }

  ids(prefix: string): readonly string[] {
    return this.store.keys('leases', prefix);
  }

  /** Throws a 400 for a lease that is not there (any more) or that has reached its maximum. */
  async renew(id: string, incrementSec: number): Promise<BoundedTtl & { readonly lease: Lease }> {
    const lease = this.find(id);
    if (lease === undefined) throw badRequest('lease not found');
    const engine = this.engineOf(lease);
    if (engine === undefined || !lease.renewable) throw badRequest('lease is not renewable');
    const { defaultSec, maxSec, mountMaxSec } = engine.terms(lease);
    const now = this.clock();
    const wish = {
      wantedSec: incrementSec,
      defaultSec,
      maximaSec: [maxSec],
      mountMaxSec,
      issuedMs: lease.issuedMs,
      nowMs: now,
    };
    const bounded = boundedTtl(wish);
    if (bounded.ttlSec <= 0) throw badRequest('past the max TTL, cannot renew');
    const renewed = { ...lease, expiresMs: now + bounded.ttlSec * 1000, renewedMs: now };
    await engine.renew(lease, renewed.expiresMs);
    // It may have been revoked while the engine was at it: then it stays so.
    if (this.find(id) === undefined) throw badRequest('lease not found');
    this.store.put('leases', id, renewed);
    this.deadlines.set(id, renewed.expiresMs);
    return { ...bounded, lease: renewed };
  }

  /**
   * Ends a lease. Resolves after the first attempt to take back what it gave: with `undefined`, or with why that failed
   * (it will be tried again).
   */
  async revoke(id: string): Promise<unknown> {
    const lease = this.store.get('leases', id);
    if (lease === undefined) return undefined;
    this.deadlines.clear(id);
    if (!lease.revoking) this.store.put('leases', id, { ...lease, revoking: true });
    return this.revoker.begin(id);
  }

  /** Ends all that a token was lent. */
  endOf(tokenId: string): void {
    for (const lease of this.store.values('leases'))
      if (lease.tokenId === tokenId) void this.revoke(lease.id);
  }

  private async takeBack(id: string): Promise<void> {
    const lease = this.store.get('leases', id);
    if (lease === undefined) return;
    await this.engineOf(lease)?.revoke(lease);
    this.store.delete('leases', id);
  }

  private engineOf(lease: Lease): LeaseEngine | undefined {
    const mount = this.store.values('mounts').find(({ uuid }) => uuid === lease.mountUuid);
    return mount === undefined ? undefined : this.engines.get(mount.type);
  }
}
