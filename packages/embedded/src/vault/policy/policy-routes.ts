import type { Token } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { listField, requiredText } from '../wire/fields.js';
import { param, type VaultAnswer, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';

/** `sys/policies/acl`, the older `sys/policy`, and what a token may do where. */
export function policyRoutes(context: VaultContext): readonly VaultRoute[] {
  const { policies } = context;
  const write = (call: VaultCall): undefined => {
    policies.write(nameOf(call), policyText(requiredText(call.body, 'policy')));
  };
  const remove = (call: VaultCall): undefined => {
    policies.delete(nameOf(call));
  };
  const list = (): VaultAnswer => ({ data: { keys: policies.names() } });
  const listOld = (): VaultAnswer => ({
    data: { keys: policies.names(), policies: policies.names() },
    flat: true,
  });
  const read = (field: string, flat: boolean) => (call: VaultCall) => {
    const name = nameOf(call);
    const text = policies.text(name);
    if (text === undefined) throw notFound();
    return { data: { name, [field]: text }, flat };
  };
  return [
    { path: 'policies/acl', list, read: list },
    { path: 'policies/acl/:name', read: read('policy', false), write, delete: remove },
    { path: 'policy', list: listOld, read: listOld },
    { path: 'policy/:name', read: read('rules', true), write, delete: remove },
    { path: 'capabilities-self', write: (call) => capabilities(context, call, call.caller) },
    {
      path: 'capabilities',
      write: (call) => capabilities(context, call, context.tokens.find(requiredText(call.body, 'token'))),
    },
    {
      path: 'capabilities-accessor',
      write: (call) =>
        capabilities(context, call, context.tokens.findByAccessor(requiredText(call.body, 'accessor'))),
    },
  ];
}

/** Policies are known by their lower-case names. */
function nameOf(call: VaultCall): string {
  return param(call, 'name').toLowerCase();
}

/** The command line used to send it in Base64, and the server still takes it so. */
function policyText(text: string): string {
  const encoded = /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0;
  return encoded ? Buffer.from(text, 'base64').toString() : text;
}

function capabilities(context: VaultContext, call: VaultCall, token: Token | undefined): VaultAnswer {
  if (token === undefined) throw badRequest('invalid token');
  const paths = listField(call.body, 'paths') ?? listField(call.body, 'path') ?? [];
  if (paths.length === 0) throw badRequest('paths must be supplied');
  const acl = context.policies.acl(token.policies);
  const shown = (path: string): readonly string[] => {
    if (token.policies.includes('root')) return ['root'];
    const granted = [...acl.capabilities(path)].sort();
    return granted.length === 0 ? ['deny'] : granted;
  };
  const entries = Object.fromEntries(paths.map((path) => [path, shown(path)]));
  const single = paths.length === 1 ? { capabilities: shown(paths[0] ?? '') } : {};
  return { data: { ...single, ...entries }, flat: true };
}
