import { nodeKey, type CheckRecord, type NodeRecord, type ServiceRecord } from '../state/records.js';
import type { Store } from '../state/store.js';
import type { Query } from '../watch/blocking-query.js';

/** All nodes. */
export function nodesQuery(store: Store): Query<readonly NodeRecord[]> {
  return {
    interests: [{ kind: 'table', table: 'nodes' }],
    read: () => ({ index: store.indexes.table('nodes'), value: store.list('nodes') }),
  };
}

/** The names of all services, each with all tags of its instances. */
export function serviceNamesQuery(store: Store): Query<Readonly<Record<string, readonly string[]>>> {
  return {
    interests: [{ kind: 'table', table: 'services' }],
    read: () => ({ index: store.indexes.table('services'), value: tagsByName(store.list('services')) }),
  };
}

/** A service instance with its node. */
export interface Instance {
  readonly service: ServiceRecord;
  readonly node: NodeRecord;
  /** Checks of the instance and of its node. */
  readonly checks: readonly CheckRecord[];
}

/** The instances of a service with their health. It wakes for this service only. */
export function instancesQuery(store: Store, name: string): Query<readonly Instance[]> {
  return {
    interests: [{ kind: 'service', name }],
    read: () => ({ index: store.indexes.service(name), value: instancesOf(store, name) }),
  };
}

/** A node with its services; `undefined` when there is no such node. */
export function nodeQuery(
  store: Store,
  name: string,
): Query<{ readonly node: NodeRecord; readonly services: readonly ServiceRecord[] } | undefined> {
  return {
    interests: [
      { kind: 'table', table: 'nodes' },
      { kind: 'table', table: 'services' },
    ],
    read: () => {
      const node = store.get('nodes', name);
      const value =
        node === undefined ? undefined : { node, services: store.list('services', nodeKey(name, '')) };
      return { index: store.indexes.newest(['nodes', 'services']), value };
    },
  };
}

/** The checks that `wanted` selects. */
export function checksQuery(
  store: Store,
  wanted: (check: CheckRecord) => boolean,
): Query<readonly CheckRecord[]> {
  return {
    interests: [{ kind: 'table', table: 'checks' }],
    read: () => ({ index: store.indexes.table('checks'), value: store.list('checks').filter(wanted) }),
  };
}

function tagsByName(services: readonly ServiceRecord[]): Readonly<Record<string, readonly string[]>> {
  const tags = new Map<string, Set<string>>();
  for (const service of services) {
    tags.set(service.name, new Set([...(tags.get(service.name) ?? []), ...service.tags]));
  }
  return Object.fromEntries(
    [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, set]) => [name, [...set].sort()]),
  );
}

function instancesOf(store: Store, name: string): readonly Instance[] {
  const found: Instance[] = [];
  for (const service of store.list('services')) {
    const node = service.name === name ? store.get('nodes', service.node) : undefined;
    if (node === undefined) continue;
    const checks = store
      .list('checks', nodeKey(service.node, ''))
      .filter((check) => check.serviceId === '' || check.serviceId === service.id);
    found.push({ service, node, checks });
  }
  return found;
}
