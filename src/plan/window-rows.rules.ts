import type { PlanColumns } from './plan-draft';

const BATCH_CHARACTERS = 64 * 1024;
const MILLISECONDS_PER_DAY = 86_400_000;

/** The columns of plan_window in the order of `windowLines`. */
export const WINDOW_COLUMNS =
  'plan_id, window_id, establishment_id, class_id, audience, activity, origin, cell_count, ordinal, profile_id, ' +
  'local_date, start_cell, wish_cell, headcount, teacher_key_id, series_id, revision';

/** The windows of a plan as lines of PostgreSQL's text COPY, some thousand at a time: columns to text, no object per row. */
export function* windowLines(
  planId: number,
  columns: PlanColumns,
  ids: Float64Array,
  series: Float64Array,
  onWritten: (windowCount: number) => void,
): Generator<string> {
  const dateOfDay = new Map<number, string>();
  const orNull = (value: number): string => (value < 0 ? '\\N' : String(value));
  let batch = '';
  for (let i = 0; i < columns.windowCount; i++) {
    const day = columns.localDay[i]!;
    let date = dateOfDay.get(day);
    if (date === undefined) {
      date = new Date(day * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
      dateOfDay.set(day, date);
    }
    batch +=
      `${planId}\t${ids[i]}\t${columns.establishmentId[i]}\t${orNull(columns.classId[i]!)}\t${columns.audience[i]}\t` +
      `${columns.activity[i]}\t${columns.origin[i]}\t${columns.cellCount[i]}\t${columns.ordinal[i]}\t` +
      `${columns.profileId[i]}\t${date}\t${columns.startCell[i]}\t${orNull(columns.wishCell[i]!)}\t` +
      `${columns.headcount[i]}\t${orNull(columns.teacherKeyId[i]!)}\t${series[i] || '\\N'}\t0\n`;
    if (batch.length > BATCH_CHARACTERS) {
      yield batch;
      batch = '';
      onWritten(i + 1);
    }
  }
  if (batch !== '') yield batch;
  onWritten(columns.windowCount);
}
