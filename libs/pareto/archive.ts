import { assertPoints, dominates, type Point } from './dominance';

/** One member of an archive: whose point it is. */
export interface ArchiveEntry<Id> {
  readonly id: Id;
  readonly point: Point;
}

/** The non-dominated points seen so far. Immutable: `insert` returns a new archive or the same one. */
export class Archive<Id> {
  private constructor(readonly entries: readonly ArchiveEntry<Id>[]) {}

  /** An archive that has seen nothing. */
  static empty<Id>(): Archive<Id> {
    return new Archive<Id>([]);
  }

  /** The same archive when a member dominates the point; equal points stay side by side. */
  insert(id: Id, point: Point): Archive<Id> {
    assertPoints([point], this.entries[0]?.point.length ?? point.length);
    if (this.entries.some((entry) => dominates(entry.point, point))) return this;
    const survivors = this.entries.filter((entry) => !dominates(point, entry.point));
    return new Archive([...survivors, { id, point }]);
  }
}
