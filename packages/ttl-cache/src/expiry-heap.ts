/** What the heap orders. It writes `position` itself. */
export interface HeapNode {
  /** The earlier one is nearer to the top. */
  expiresAt: number;
  /** Breaks ties: of two that expire together, the lower number is nearer to the top. */
  sequence: number;
  /** Index of the node in the heap. */
  position: number;
}

/**
 * A binary min-heap of nodes by expiry. Every node knows its own position, so removing any of them
 * is O(log n) as well as removing the first.
 */
export class ExpiryHeap<N extends HeapNode> {
  readonly #nodes: N[] = [];

  /** The node that expires first; undefined when the heap is empty. */
  first(): N | undefined {
    return this.#nodes[0];
  }

  add(node: N): void {
    node.position = this.#nodes.length;
    this.#nodes.push(node);
    this.#rise(node);
  }

  /** Removes a node that is in the heap. */
  remove(node: N): void {
    const last = this.#nodes.pop();
    if (last === undefined || last === node) return;
    this.#place(last, node.position);
    this.reorder(last);
  }

  /** Restores the order after the expiry of one node has changed. */
  reorder(node: N): void {
    this.#rise(node);
    this.#sink(node);
  }

  clear(): void {
    this.#nodes.length = 0;
  }

  #rise(node: N): void {
    while (node.position > 0) {
      const parent = this.#nodes[(node.position - 1) >> 1];
      if (parent === undefined || !isBefore(node, parent)) return;
      this.#swap(node, parent);
    }
  }

  #sink(node: N): void {
    for (;;) {
      const child = this.#earlierChild(node);
      if (child === undefined || !isBefore(child, node)) return;
      this.#swap(node, child);
    }
  }

  #earlierChild(node: N): N | undefined {
    const left = this.#nodes[2 * node.position + 1];
    const right = this.#nodes[2 * node.position + 2];
    if (left === undefined || right === undefined) return left;
    return isBefore(right, left) ? right : left;
  }

  #swap(a: N, b: N): void {
    const position = a.position;
    this.#place(a, b.position);
    this.#place(b, position);
  }

  #place(node: N, position: number): void {
    node.position = position;
    this.#nodes[position] = node;
  }
}

function isBefore(a: HeapNode, b: HeapNode): boolean {
  return a.expiresAt === b.expiresAt ? a.sequence < b.sequence : a.expiresAt < b.expiresAt;
}
