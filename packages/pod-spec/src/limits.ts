/**
 * Lengths and bounds of a definition.
 *
 * A DNS label holds 63 characters (RFC 1035 §2.3.4). Three names must be one: the container's name, which
 * is its host name on the pod's network; the service id and network name `raftainer-{pod}-{index}`
 * (10 + 40 + 1 + 3 = 54); and the service name `{pod}-{port}` (40 + 1 + 20 = 61). The Docker name
 * `raftainer-{pod}-{index}-{container}-{hash}` may be longer (up to 104): Docker sets no limit of its own
 * and nobody looks it up in DNS, where a container goes by its own short name.
 */
export const LIMITS = {
  podName: 40,
  containerName: 40,
  portName: 20,
  volumeName: 40,
  /** Slots of one pod; 0 scales it to nothing. */
  instances: 1000,
  containers: 50,
  /** Entries of any list or map other than containers. */
  entries: 200,
  /** Characters of text in one definition: Consul refuses values above 512 KiB. */
  characters: 512 * 1024,
  /** Values in one definition, so that YAML aliases cannot multiply without end. */
  values: 20_000,
  /** Objects and lists within each other. The deepest field of a definition is at 7. */
  depth: 24,
  /** Characters of one text given to `parsePodText`, over all its documents. */
  textCharacters: 4 * 1024 * 1024,
  /** Problems that are reported for one definition. */
  problems: 100,
} as const;
