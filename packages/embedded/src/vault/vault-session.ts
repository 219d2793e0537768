import { randomBytes, randomUUID } from 'node:crypto';
import type { Journal } from '../storage/journal.js';
import { engineRoutes } from './engine-routes.js';
import { LeaseBook } from './leases/lease-book.js';
import { PolicyBook } from './policy/policy-book.js';
import { MountTable } from './routing/mount-table.js';
import { Router } from './routing/router.js';
import { VaultStore } from './state/vault-store.js';
import type { VaultKeys } from './storage/key-file.js';
import { openSealed } from './storage/sealed-journal.js';
import { TokenBook } from './tokens/token-book.js';
import type { Clock, VaultContext } from './vault-context.js';

/** Where the first root token says it was made. */
const ROOT_PATH = 'auth/token/root';

/** What a session is opened with. */
export interface SessionOptions {
  readonly journal: Journal;
  readonly keys: VaultKeys;
  readonly clock: Clock;
}

/** The time between an unsealing and the next sealing: everything that must not be in memory while sealed. */
export class VaultSession {
  readonly router: Router;
  private readonly running = new Set<Promise<unknown>>();

  private constructor(readonly context: VaultContext) {
    this.router = new Router(engineRoutes(context));
  }

  /** Loads the state with the unseal key and starts what happens by itself. Throws what `openSealed` throws. */
  static async open(options: SessionOptions): Promise<VaultSession> {
    const { journal, keys, clock } = options;
    const store = new VaultStore(await openSealed(journal, keys.unsealKey));
    const context: VaultContext = {
      store,
      clock,
      mounts: new MountTable(store),
      policies: new PolicyBook(store),
      tokens: new TokenBook(store, clock),
      leases: new LeaseBook(store, clock),
      durable: () => journal.settled(),
    };
    if (store.get('server', 'self') === undefined) begin(context);
    const session = new VaultSession(context);
    context.tokens.start((token) => {
      context.leases.endOf(token.id);
      emptyCubbyhole(context, token.id);
    });
    ensureRoot(context, keys.rootToken);
    context.leases.start();
    return session;
  }

  /** Counts `work` as going on in this session. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.running.add(promise);
    try {
      return await promise;
    } finally {
      this.running.delete(promise);
    }
  }

  /** Ends the timers, and waits for what is being taken back. */
  async close(): Promise<void> {
    this.context.tokens.stop();
    await this.context.leases.stop();
  }

  /** Waits for all requests that began in this session. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}

function begin(context: VaultContext): void {
  const clusterName = `vault-cluster-${randomBytes(4).toString('hex')}`;
  context.store.put('server', 'self', { clusterName, clusterId: randomUUID() });
  context.mounts.begin();
}

/** The root token of the keys is good at every start, and no other first one is. */
function ensureRoot(context: VaultContext, id: string): void {
  for (const token of context.store.values('tokens'))
    if (token.path === ROOT_PATH && token.id !== id) context.tokens.revoke(token.id);
  if (context.tokens.find(id) !== undefined) return;
  context.tokens.create({ id, policies: ['root'], path: ROOT_PATH, displayName: 'root', endless: true });
}

function emptyCubbyhole(context: VaultContext, tokenId: string): void {
  const mount = context.mounts.get('cubbyhole/');
  if (mount === undefined) return;
  for (const key of context.store.keys('kv1', `${mount.uuid}/${tokenId}/`)) context.store.delete('kv1', key);
}
