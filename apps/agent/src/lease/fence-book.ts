/** The session was proven: everything claimed under it may run until `fenceAt`. */
export type Proof = LeaseMessage & { readonly kind: 'renew' };

/** What the agent knows of its lease, told to whoever fences: itself and the guards. */
export type LeaseMessage =
  /** The session was proven: everything claimed under it may run until `fenceAt`. */
  | {
      readonly kind: 'renew';
      readonly session: string;
      readonly fenceAt: number;
      /** When the proof was asked for. */
      readonly sentAt: number;
    }
  /** The engine is about to be asked to start a container under a claim of the session. */
  | {
      readonly kind: 'starting';
      readonly session: string;
      readonly container: string;
      /** By the id of the slot's main service. */
      readonly slot?: string;
    }
  /** What a cycle saw running: containers with a claim of the session, and containers without. */
  | {
      readonly kind: 'containers';
      readonly session: string;
      readonly claimed: readonly string[];
      readonly unclaimed: readonly string[];
      /** Which slot each of them is of, by the id of the slot's main service. */
      readonly slots?: Readonly<Record<string, string>>;
    };

interface Entry {
  /** The session whose renewals keep the container going; absent when none does. */
  readonly session?: string;
  readonly fenceAt: number;
  /** The start was asked for, and nobody has seen the container run yet: it may begin to at any moment. */
  readonly starting?: boolean;
}

/** Time may have been lost, and nothing on this machine can tell. */
interface Doubt {
  /** Only a proof that was asked for later ends it. */
  readonly since: number;
  /** Without one, nothing runs for longer. */
  readonly endsAt: number;
}

/**
 * When each exclusive container begins to be stopped, in milliseconds of the lease's clock. A renewal moves the deadlines of what is
 * claimed under that very session. Losing the session moves nothing: what it covered ends when it would have ended,
 * because from its last proof on others wait for the lock delay and no longer.
 */
export class FenceBook {
  readonly #entries = new Map<string, Entry>();
  #session: string | undefined;
  #fenceAt: number;
  /** For containers that nobody has ever seen covered: the end of the session before. */
  #unprovenAt: number;
  /** How long a proof lasts. */
  #leaseMs = Infinity;
  #doubt: Doubt | undefined;

  /** `fenceAt`: until when what was found at the start may go on without any proof; Infinity when it is not ours to judge. */
  constructor(fenceAt: number) {
    this.#fenceAt = fenceAt;
    this.#unprovenAt = fenceAt;
  }

  /** When containers that the book does not know begin to be stopped. */
  get fenceAt(): number {
    return this.#notInDoubt(this.#fenceAt);
  }

  /** Whether it knows containers that the present session does not cover. */
  get coversOthers(): boolean {
    return [...this.#entries.values()].some(({ session }) => session !== this.#session);
  }

  /** The containers it knows. */
  get ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  apply(message: LeaseMessage): void {
    if (message.kind === 'renew') this.#renew(message);
    else if (message.kind === 'starting') this.#begin(message.session, message.container);
    else if (message.session === this.#session) this.#see(message.claimed, message.unclaimed);
  }

  /** Time may have been lost: half a lease is left for the next proof, in which one comes when Consul can be reached. */
  doubt(now: number): void {
    this.#doubt = { since: now, endsAt: Math.min(now + this.#leaseMs / 2, this.#doubt?.endsAt ?? Infinity) };
  }

  /** Something runs that should not, and that the book did not know: it is kept in mind until it is dead. */
  remember(id: string): void {
    if (!this.#entries.has(id)) this.#entries.set(id, { fenceAt: this.fenceAt });
  }

  isStarting(id: string): boolean {
    return this.#entries.get(id)?.starting === true;
  }

  /** The claims are given up: nothing at all may run from now on, until another proof. */
  expire(now: number): void {
    for (const [id, entry] of this.#entries)
      this.#entries.set(id, { ...entry, fenceAt: Math.min(now, entry.fenceAt) });
    this.#fenceAt = Math.min(now, this.#fenceAt);
    this.#unprovenAt = Math.min(now, this.#unprovenAt);
  }

  /** The container is dead. */
  forget(id: string): void {
    this.#entries.delete(id);
  }

  fenceAtOf(id: string): number {
    const entry = this.#entries.get(id);
    const isCovered = entry === undefined || entry.session === this.#session;
    return this.#notInDoubt(isCovered ? this.#fenceAt : entry.fenceAt);
  }

  /** The earliest deadline. */
  nextAt(): number {
    return Math.min(this.fenceAt, ...this.ids.map((id) => this.fenceAtOf(id)));
  }

  /** Whether any container at all may run. */
  isOver(now: number): boolean {
    return now >= this.fenceAt;
  }

  /** The known containers whose time is over. */
  due(now: number): readonly string[] {
    return this.ids.filter((id) => now >= this.fenceAtOf(id));
  }

  #notInDoubt(fenceAt: number): number {
    return Math.min(fenceAt, this.#doubt?.endsAt ?? Infinity);
  }

  /** The proof is younger than the doubt. It speaks for its own session only: what another one covered keeps the less. */
  #endDoubt(session: string): void {
    for (const [id, entry] of this.#entries)
      if (entry.session !== session) this.#entries.set(id, { ...entry, fenceAt: this.fenceAtOf(id) });
    this.#unprovenAt = this.#notInDoubt(this.#unprovenAt);
    if (session !== this.#session) this.#fenceAt = this.fenceAt;
    this.#doubt = undefined;
  }

  #renew({ session, fenceAt, sentAt }: LeaseMessage & { readonly kind: 'renew' }): void {
    this.#leaseMs = fenceAt - sentAt;
    if (this.#doubt !== undefined && sentAt >= this.#doubt.since) this.#endDoubt(session);
    if (session === this.#session) {
      this.#fenceAt = Math.max(this.#fenceAt, fenceAt);
      return;
    }
    for (const [id, entry] of this.#entries) {
      if (entry.session !== this.#session) continue;
      // Still being started: it may begin to run at any moment, and then has to be known.
      const starting = entry.starting === true ? { starting: true } : {};
      this.#entries.set(id, { fenceAt: this.#fenceAt, ...starting });
    }
    if (this.#session !== undefined) this.#unprovenAt = this.#fenceAt;
    this.#session = session;
    this.#fenceAt = fenceAt;
  }

  #begin(session: string, id: string): void {
    // Under a session that was lost meanwhile, its time is that of the lost one.
    const covered = session === this.#session;
    const fenceAt = covered ? this.#fenceAt : this.#unprovenAt;
    this.#entries.set(id, { ...(covered ? { session } : {}), fenceAt, starting: true });
  }

  #see(claimed: readonly string[], unclaimed: readonly string[]): void {
    for (const id of claimed) this.#entries.set(id, { session: this.#session, fenceAt: this.#fenceAt });
    for (const id of unclaimed) {
      const fenceAt = this.#entries.has(id) ? this.fenceAtOf(id) : this.#unprovenAt;
      this.#entries.set(id, { fenceAt });
    }
    const running = new Set([...claimed, ...unclaimed]);
    // What no longer runs under a claim of ours has nothing to lose; what has lost its claim stays until it is dead.
    for (const [id, entry] of this.#entries) {
      const ended = !running.has(id) && entry.starting !== true;
      if (ended && entry.session !== undefined) this.#entries.delete(id);
    }
  }
}
