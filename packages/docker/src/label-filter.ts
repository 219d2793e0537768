/** Labels as the engine's list calls filter by them: `name`, or `name=value`. */
export function labelFilter(
  labels: Readonly<Record<string, string | true>> | undefined,
): { readonly label: readonly string[] } | undefined {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return undefined;
  return { label: entries.map(([name, value]) => (value === true ? name : `${name}=${value}`)) };
}
