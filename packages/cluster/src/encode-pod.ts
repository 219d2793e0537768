import { ClusterError } from './cluster-error.js';
import { encode } from './encode.js';

/**
 * A definition as it is stored: data as indented JSON, a string as it is. It is not parsed here.
 * Throws `CLUSTER_NAME_MISMATCH` and `CLUSTER_VALUE_TOO_LARGE`.
 */
export function encodePod(name: string, definition: unknown): string {
  const text = encode(`the definition of pod "${name}"`, definition, 2);
  checkName(name, definition);
  return text;
}

function checkName(name: string, definition: unknown): void {
  const inside = nameIn(definition);
  if (inside !== undefined && inside !== name) {
    throw new ClusterError(
      'CLUSTER_NAME_MISMATCH',
      `the definition is of pod "${inside}" and cannot be stored as "${name}"; use one name`,
    );
  }
}

function nameIn(definition: unknown): string | undefined {
  const hasName = typeof definition === 'object' && definition !== null && 'name' in definition;
  return hasName && typeof definition.name === 'string' ? definition.name : undefined;
}
