import type { TableName } from '../state/records.js';
import type { AnyChange, Commit, StateReader } from '../state/table-set.js';
import { touchedServices } from '../state/touched-services.js';

/** What a waiting read depends on. */
export type Interest =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'service'; readonly name: string };

/** A registered wait. */
export interface Wait {
  /** Resolves at the first commit that touches one of the interests. */
  readonly woken: Promise<void>;
  cancel(): void;
}

type Wake = () => void;

/** Waiting reads by what they wait for: a commit wakes exactly those it concerns, and nothing is polled. */
export class Watchers {
  private readonly topics = new Map<string, Set<Wake>>();
  private readonly prefixes = new Map<string, Set<Wake>>();

  constructor(private readonly state: StateReader) {}

  /** How many distinct keys, prefixes, tables and services are being waited for. */
  get size(): number {
    return this.topics.size + this.prefixes.size;
  }

  /** Waits for the next commit that touches any of `interests`. */
  wait(interests: readonly Interest[]): Wait {
    let wake: Wake = () => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    for (const interest of interests) join(this.mapOf(interest), topicOf(interest), wake);
    return {
      woken,
      cancel: () => {
        for (const interest of interests) leave(this.mapOf(interest), topicOf(interest), wake);
      },
    };
  }

  /** Wakes whoever waits for something in `commit`. */
  notify(commit: Commit): void {
    if (this.size === 0) return;
    for (const change of commit.changes) this.notifyChange(change);
  }

  private notifyChange(change: AnyChange): void {
    this.wake(this.topics.get(topicOf({ kind: 'table', table: change.table })));
    if (change.table === 'kv') this.notifyKey(change.key);
    for (const name of touchedServices(this.state, change)) {
      this.wake(this.topics.get(topicOf({ kind: 'service', name })));
    }
  }

  private notifyKey(key: string): void {
    this.wake(this.topics.get(topicOf({ kind: 'key', key })));
    for (const [prefix, waiting] of this.prefixes) {
      if (key.startsWith(prefix)) this.wake(waiting);
    }
  }

  private wake(waiting: ReadonlySet<Wake> | undefined): void {
    for (const wake of waiting ?? []) wake();
  }

  private mapOf(interest: Interest): Map<string, Set<Wake>> {
    return interest.kind === 'prefix' ? this.prefixes : this.topics;
  }
}

function topicOf(interest: Interest): string {
  switch (interest.kind) {
    case 'key':
      return `key ${interest.key}`;
    case 'prefix':
      return interest.prefix;
    case 'table':
      return `table ${interest.table}`;
    case 'service':
      return `service ${interest.name}`;
  }
}

function join(map: Map<string, Set<Wake>>, topic: string, wake: Wake): void {
  const waiting = map.get(topic) ?? new Set();
  waiting.add(wake);
  map.set(topic, waiting);
}

function leave(map: Map<string, Set<Wake>>, topic: string, wake: Wake): void {
  const waiting = map.get(topic);
  waiting?.delete(wake);
  if (waiting?.size === 0) map.delete(topic);
}
