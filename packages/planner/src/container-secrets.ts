import type { Container, FileChangeAction, Pod, PodVault, SecretSource } from '@raftainer/pod-spec';

/** What a container is given of secrets and files: where each value comes from, never a value. */
export interface ContainerSecrets {
  /** Its name in the definition. */
  readonly container: string;
  /** Variables by name. */
  readonly environment: Readonly<Record<string, SecretSource>>;
  readonly files: readonly FilePlan[];
  /** Token role under which they are read; absent: as the agent itself. */
  readonly role?: string;
}

/** A file that is put into a container. */
export interface FilePlan {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: string | SecretSource;
  readonly mode: number;
  /** Absent: the user that the image runs as. */
  readonly owner?: string;
  readonly onChange: FileChangeAction;
}

/** The secrets and files of a container; undefined when it has none, so that its configuration's hash does not change. */
export function containerSecrets(spec: Container, vault: PodVault | undefined): ContainerSecrets | undefined {
  const variables = Object.entries(spec.environment).flatMap(([name, value]) =>
    isSecret(value) ? [[name, value] as const] : [],
  );
  if (variables.length === 0 && spec.files.length === 0) return undefined;
  return {
    container: spec.name,
    environment: Object.fromEntries(variables),
    files: spec.files.map(({ owner = spec.user, ...file }) => ({
      ...file,
      ...(owner === undefined ? {} : { owner }),
    })),
    ...(vault === undefined ? {} : { role: vault.role }),
  };
}

/** Whether any value of a pod comes from Vault. */
export function usesVault({ containers }: Pod): boolean {
  return containers.some(
    ({ environment, files }) =>
      Object.values(environment).some(isSecret) || files.some(({ content }) => typeof content !== 'string'),
  );
}

/** Whether a value comes from Vault. */
export function isSecret(value: Container['environment'][string]): value is SecretSource {
  return typeof value !== 'string' && !('host' in value) && !('slot' in value);
}
