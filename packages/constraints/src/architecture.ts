/** Names used by kernels and by Node, in the words of container images. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['aarch64_be', 'arm64be'],
  ['armv8l', 'arm64'],
  ['armv7l', 'arm'],
  ['armv6l', 'arm'],
  ['i386', '386'],
  ['i486', '386'],
  ['i586', '386'],
  ['i686', '386'],
  ['ia32', '386'],
  ['x86', '386'],
  ['loongarch64', 'loong64'],
]);

/** The name that container images use for an architecture; an unknown one is given back in lower case. */
export function normaliseArchitecture(name: string): string {
  const lower = name.trim().toLowerCase();
  return NAMES.get(lower) ?? lower;
}
