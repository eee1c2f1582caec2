/** A window of the instance. */
export interface Row {
  day: number;
  cells: number;
  scale: number;
  profile: number;
  candidates: number;
  wish: number;
  classId: number;
  establishment: number;
  teacher: number;
  gapCells: number;
  siteUnits: number;
}

/**
 * Rows gathered into typed columns, in buffers that threads share as they are. Room is asked for generously, since pages that nobody
 * writes to take no memory: four million rows would not fit as objects, nor twice.
 */
export class Columns {
  private count = 0;
  private readonly room: number;
  private readonly columns: ReturnType<typeof emptyColumns>;

  constructor(room: number) {
    this.room = room;
    this.columns = emptyColumns(room);
  }

  add(row: Row): void {
    const at = this.count++;
    if (at >= this.room) throw new RangeError('more windows than there is room for');
    const { columns } = this;
    columns.demandDay[at] = row.day;
    columns.demandCells[at] = row.cells;
    columns.demandScale[at] = row.scale;
    columns.demandProfile[at] = row.profile;
    columns.demandCandidates[at] = row.candidates;
    columns.demandWish[at] = row.wish;
    columns.demandWeight[at] = 1;
    columns.demandClass[at] = row.classId;
    columns.demandEstablishment[at] = row.establishment;
    columns.demandTeacher[at] = row.teacher;
    columns.demandGapCells[at] = row.gapCells;
    columns.demandSiteUnits[at] = row.siteUnits;
  }

  toColumns() {
    const cut = Object.entries(this.columns).map(([name, column]) => [name, column.subarray(0, this.count)]);
    return { demandCount: this.count, ...(Object.fromEntries(cut) as ReturnType<typeof emptyColumns>) };
  }
}

const emptyColumns = (room: number) => {
  const ints = () => new Int32Array(new SharedArrayBuffer(4 * room));
  const shorts = () => new Uint16Array(new SharedArrayBuffer(2 * room));
  return {
    demandDay: shorts(),
    demandCells: shorts(),
    demandScale: new Float64Array(new SharedArrayBuffer(8 * room)),
    demandProfile: shorts(),
    demandCandidates: ints(),
    demandOccurrences: ints(),
    demandWish: ints(),
    demandWeight: new Float32Array(new SharedArrayBuffer(4 * room)),
    demandClass: ints(),
    demandEstablishment: ints(),
    demandTeacher: ints(),
    demandGapCells: shorts(),
    demandSiteUnits: shorts(),
  };
};
