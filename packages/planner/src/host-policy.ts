import { matchesPattern } from './matches-pattern.js';

import type { RuleFailure } from '@raftainer/constraints';
import type { Container, Pod } from '@raftainer/pod-spec';

/** What the owner of a host allows pods to do there. What is absent is not restricted. */
export interface HostPolicy {
  /** Paths of the host that may be mounted, each with all below it. */
  readonly hostPaths?: readonly string[];
  /** Capabilities that may be added. */
  readonly capabilities?: readonly string[];
  /** Whether containers may be privileged. */
  readonly privileged?: boolean;
  /** Patterns of whole image references; `*` stands for any text. A short name is matched as Docker completes it, too. */
  readonly images?: readonly string[];
  /** Patterns of registries, such as `ghcr.io` or `*.example.com`; Docker Hub is `docker.io`. */
  readonly registries?: readonly string[];
}

/** Everything in a pod that the host's owner does not allow; each failure names it and what is allowed. */
export function policyFailures(policy: HostPolicy | undefined, pod: Pod): readonly RuleFailure[] {
  if (policy === undefined) return [];
  const failures = [
    ...pathFailures(policy, pod),
    ...pod.containers.flatMap((container) => containerFailures(policy, container)),
  ];
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}

function pathFailures({ hostPaths }: HostPolicy, pod: Pod): readonly RuleFailure[] {
  if (hostPaths === undefined) return [];
  const mounts = pod.containers.flatMap(({ volumes }) => volumes);
  const paths = [...pod.volumes, ...mounts].flatMap((volume) =>
    volume.type === 'host' ? volume.hostPath : [],
  );
  return paths
    .filter((path) => !hostPaths.some((allowed) => isWithin(path, allowed)))
    .map((path) => failure('hostPaths', { what: `the host path ${path}`, value: path, allowed: hostPaths }));
}

/** Part by part: `/srvother` is not below `/srv`. The parser has refused `..`. */
function isWithin(path: string, allowed: string): boolean {
  const wanted = partsOf(path);
  return partsOf(allowed).every((part, index) => wanted[index] === part);
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function containerFailures(policy: HostPolicy, container: Container): readonly RuleFailure[] {
  return [
    ...capabilityFailures(policy, container),
    ...(policy.privileged === false && container.privileged
      ? [
          failure('privileged', {
            what: `privileged container ${container.name}`,
            value: true,
            allowed: false,
          }),
        ]
      : []),
    ...imageFailures(policy, container),
  ];
}

function capabilityFailures({ capabilities }: HostPolicy, { capAdd }: Container): readonly RuleFailure[] {
  if (capabilities === undefined) return [];
  const allowed = new Set(capabilities.map(bareCapability));
  return capAdd
    .filter((capability) => !allowed.has(bareCapability(capability)))
    .map((capability) =>
      failure('capabilities', {
        what: `the capability ${capability}`,
        value: capability,
        allowed: capabilities,
      }),
    );
}

function bareCapability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

function imageFailures({ images, registries }: HostPolicy, { image }: Container): readonly RuleFailure[] {
  const full = fullReference(image);
  const registry = full.slice(0, full.indexOf('/'));
  const failures: RuleFailure[] = [];
  if (images !== undefined && !images.some((pattern) => [image, full].some(matchesPattern(pattern)))) {
    failures.push(failure('images', { what: `the image ${image}`, value: image, allowed: images }));
  }
  if (registries !== undefined && !registries.some((pattern) => matchesPattern(pattern)(registry))) {
    const what = `the registry ${registry} of image ${image}`;
    failures.push(failure('registries', { what, value: registry, allowed: registries }));
  }
  return failures;
}

/** As Docker completes it: `nginx` is `docker.io/library/nginx:latest`. */
function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const named = hasRegistry ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  const lastPart = named.slice(named.lastIndexOf('/') + 1);
  return /[:@]/.test(lastPart) ? named : `${named}:latest`;
}

function failure(
  field: keyof HostPolicy,
  about: { readonly what: string; readonly value: unknown; readonly allowed: unknown },
): RuleFailure {
  const { what, value, allowed } = about;
  const list = Array.isArray(allowed) ? allowed.join(', ') || 'nothing' : String(allowed);
  return {
    rule: 'host-policy',
    attribute: `policy.${field}`,
    operator: 'allows',
    required: value,
    actual: allowed,
    message: `the policy of this host does not allow ${what} (${field}: ${list})`,
  };
}
