/** What happens next: the earliest first, equals in the order in which they were put in. */
export class EventHeap<T> {
  private readonly entries: { readonly atS: number; readonly turn: number; readonly event: T }[] = [];
  private turns = 0;

  get nextS(): number {
    return this.entries[0]?.atS ?? Infinity;
  }

  push(atS: number, event: T): void {
    const { entries } = this;
    entries.push({ atS, turn: this.turns++, event });
    for (let at = entries.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): T | undefined {
    const { entries } = this;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first?.event;
    entries[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < entries.length && this.isBefore(child, least)) least = child;
      if (least === at) break;
      this.swap(at, least);
      at = least;
    }
    return first.event;
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.entries[a]!, this.entries[b]!];
    return one.atS < other.atS || (one.atS === other.atS && one.turn < other.turn);
  }

  private swap(a: number, b: number): void {
    [this.entries[a], this.entries[b]] = [this.entries[b]!, this.entries[a]!];
  }
}
