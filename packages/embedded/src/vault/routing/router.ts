import type { EngineType, Mount } from '../state/records.js';
import type { VaultRoute } from '../wire/vault-call.js';

/** What serves a mount: its engine, and of the two kinds of KV the one that it is. */
export type EngineFamily = Exclude<EngineType, 'kv'> | 'kv1' | 'kv2';

/** The routes of each family. */
export type EngineRoutes = Readonly<Partial<Record<EngineFamily, readonly VaultRoute[]>>>;

/** A route that fits, with what its placeholders stand for. */
export interface FoundRoute {
  readonly route: VaultRoute;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: VaultRoute;
  readonly test: RegExp;
}

/** Finds the route of an engine for a path within it. */
export class Router {
  private readonly engines: ReadonlyMap<EngineFamily, readonly Compiled[]>;

  constructor(engines: EngineRoutes) {
    const entries = Object.entries(engines) as [EngineFamily, readonly VaultRoute[]][];
    this.engines = new Map(
      entries.map(([type, routes]) => [
        type,
        [...routes].sort((a, b) => looseness(a.path) - looseness(b.path)).map(compile),
      ]),
    );
  }

  find(mount: Mount, path: string): FoundRoute | undefined {
    for (const { route, test } of this.engines.get(familyOf(mount)) ?? []) {
      const match = test.exec(path);
      if (match === null) continue;
      const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
      return {
        route,
        params: Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, value ?? ''])),
      };
    }
    return undefined;
  }
}

function familyOf(mount: Mount): EngineFamily {
  if (mount.type !== 'kv') return mount.type;
  return mount.options?.version === '2' ? 'kv2' : 'kv1';
}

/** Fixed paths come before those with placeholders, and those before paths that take all the rest. */
function looseness(path: string): number {
  return (path.includes('*') ? 100 : 0) + path.split(':').length;
}

function compile(route: VaultRoute): Compiled {
  const source = route.path
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
    .replace(/\/\*(\w+)$/, '(?:/(?<$1>.*))?')
    .replace(/^\*(\w+)$/, '(?<$1>.*)');
  return { route, test: new RegExp(`^${source}$`, 's') };
}
