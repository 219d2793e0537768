/** A map whose entries can be walked in key order from any key on. */
export class OrderedTable<T> {
  private readonly records = new Map<string, T>();
  private readonly keys: string[] = [];

  get size(): number {
    return this.keys.length;
  }

  get(key: string): T | undefined {
    return this.records.get(key);
  }

  put(key: string, record: T): void {
    if (!this.records.has(key)) this.insertKey(key);
    this.records.set(key, record);
  }

  delete(key: string): void {
    if (this.records.delete(key)) this.keys.splice(this.position(key), 1);
  }

  /** The records whose key begins with `prefix` (all of them by default), in key order. */
  list(prefix = ''): readonly T[] {
    const found: T[] = [];
    for (let at = prefix === '' ? 0 : this.position(prefix); at < this.keys.length; at += 1) {
      const key = this.keys[at];
      if (!key?.startsWith(prefix)) break;
      const record = this.records.get(key);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  private insertKey(key: string): void {
    const last = this.keys.at(-1);
    if (last === undefined || last < key) this.keys.push(key);
    else this.keys.splice(this.position(key), 0, key);
  }

  /** Where `key` is, or would be. */
  private position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
