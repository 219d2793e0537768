/** The nodes of one cycle in a directed graph, in order, or undefined when there is none. */
export function findCycle(targets: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of targets.keys()) {
    const cycle = walk(start, [], { targets, done });
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

interface Graph {
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** Nodes from which no cycle can be reached. */
  readonly done: Set<string>;
}

function walk(node: string, trail: readonly string[], graph: Graph): readonly string[] | undefined {
  const seenAt = trail.indexOf(node);
  if (seenAt >= 0) return trail.slice(seenAt);
  if (graph.done.has(node)) return undefined;
  for (const next of graph.targets.get(node) ?? []) {
    const cycle = walk(next, [...trail, node], graph);
    if (cycle !== undefined) return cycle;
  }
  graph.done.add(node);
  return undefined;
}
