import type { Json } from '../plain-data.js';

/**
 * What rules between fields need of a definition, read leniently: wrong or missing parts are left out, so that the
 * rules speak up even while other parts are still wrong. Values that are not what the schema wants are undefined.
 */
export interface Outline {
  readonly kind: string;
  readonly instances?: Json;
  readonly schedule?: Fields;
  readonly exclusive: boolean;
  readonly update?: Fields;
  readonly restart?: Fields;
  readonly rules: readonly Located[];
  readonly volumes: readonly Located[];
  readonly containers: readonly ContainerOutline[];
}

/** An object of the definition, and where it is. */
export interface Located {
  readonly path: string;
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, Json>>;

/** One container. */
export interface ContainerOutline extends Located {
  readonly name?: string;
  readonly role: string;
  readonly ports: readonly Located[];
  readonly mounts: readonly Located[];
  readonly files: readonly Located[];
  readonly dependencies: readonly DependencyOutline[];
}

/** A dependency, and where it is. */
export interface DependencyOutline {
  readonly path: string;
  readonly container?: string;
  readonly condition: string;
}

/** Reads the outline; undefined when the definition is not even an object. */
export function outlineOf(data: Json): Outline | undefined {
  const pod = asFields(data);
  if (pod === undefined) return undefined;
  return {
    kind: textOf(pod.kind) ?? 'service',
    instances: pod.instances,
    schedule: asFields(pod.schedule),
    exclusive: pod.exclusive !== false,
    update: asFields(pod.update),
    restart: asFields(pod.restart),
    rules: [...objectsIn(pod.constraints, 'constraints'), ...objectsIn(pod.affinities, 'affinities')],
    volumes: objectsIn(pod.volumes, 'volumes'),
    containers: objectsIn(pod.containers, 'containers').map(containerOutline),
  };
}

/** The value when it is text. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value when it is a number. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The value when it is an object. */
export function asFields(value: Json | undefined): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The entries of a list, none when it is not one. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function containerOutline({ path, fields }: Located): ContainerOutline {
  return {
    path,
    fields,
    name: textOf(fields.name),
    role: textOf(fields.role) ?? 'main',
    ports: objectsIn(fields.ports, `${path}.ports`),
    mounts: objectsIn(fields.volumes, `${path}.volumes`),
    files: objectsIn(fields.files, `${path}.files`),
    dependencies: itemsOf(fields.dependsOn).map((item, index) =>
      dependency(item, `${path}.dependsOn[${index}]`),
    ),
  };
}

function dependency(item: Json, path: string): DependencyOutline {
  const fields = asFields(item);
  if (fields === undefined) return { path, container: textOf(item), condition: 'started' };
  return { path, container: textOf(fields.container), condition: textOf(fields.condition) ?? 'started' };
}

function objectsIn(value: Json | undefined, path: string): readonly Located[] {
  return itemsOf(value).flatMap((item, index) => {
    const fields = asFields(item);
    return fields === undefined ? [] : [{ path: `${path}[${index}]`, fields }];
  });
}
