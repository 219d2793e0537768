import type { VaultStore } from '../state/vault-store.js';
import { badRequest } from '../wire/vault-fault.js';
import { createAcl, type Acl } from './acl.js';
import { parsePolicy, type Capability, type PolicyRule } from './parse-policy.js';

/** The policy that every token has unless it was made without: its own affairs, and the leases it knows the id of. */
const DEFAULT_POLICY = `# What every token may do: look after itself.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
path "sys/renew" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
`;

const EVERYTHING: ReadonlySet<Capability> = new Set<Capability>([
  'create',
  'read',
  'update',
  'delete',
  'list',
  'sudo',
]);

/** May do anything, anywhere. */
const ROOT_ACL: Acl = { capabilities: () => EVERYTHING, reaches: () => true };

/** The policies, parsed. `root` has no text. */
export class PolicyBook {
  private readonly parsed = new Map<string, readonly PolicyRule[]>();
  /** What was asked for already; a change of any policy empties it. */
  private readonly acls = new Map<string, Acl>();

  constructor(private readonly store: VaultStore) {
    if (store.get('policies', 'default') === undefined)
      store.put('policies', 'default', { text: DEFAULT_POLICY });
    for (const name of store.keys('policies'))
      this.parsed.set(name, parsePolicy(store.get('policies', name)?.text ?? ''));
  }

  names(): readonly string[] {
    return [...this.store.keys('policies'), 'root'];
  }

  text(name: string): string | undefined {
    return name === 'root' ? '' : this.store.get('policies', name)?.text;
  }

  write(name: string, text: string): void {
    if (name === 'root') throw badRequest('cannot update "root" policy');
    this.parsed.set(name, parsePolicy(text));
    this.store.put('policies', name, { text });
    this.acls.clear();
  }

  delete(name: string): void {
    if (name === 'root' || name === 'default') throw badRequest(`cannot delete "${name}" policy`);
    this.parsed.delete(name);
    this.store.delete('policies', name);
    this.acls.clear();
  }

  /** What the named policies allow together. A policy that is not there allows nothing. */
  acl(names: readonly string[]): Acl {
    if (names.includes('root')) return ROOT_ACL;
    const key = names.join('\n');
    const acl = this.acls.get(key) ?? createAcl(names.flatMap((name) => this.parsed.get(name) ?? []));
    this.acls.set(key, acl);
    return acl;
  }
}
