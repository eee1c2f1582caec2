import { StringDecoder } from 'node:string_decoder';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CalendarPlace } from '../calendar/calendar-place';
import { scopeConditions } from '../campaign/campaign-scope.rules';
import type { Campaign } from '../campaign/campaign.entity';
import type { Audience } from '../campaign/window-kind';
import { copyOut } from '../common/copy';
import type { EstablishmentKind } from '../directory/directory-rows';
import type { Level } from '../directory/level';
import type { AssembledClass, DayWish, EstablishmentDayWish } from './assembled-rows';

/** An establishment that takes part, with its place in calendar and space. */
export interface EstablishmentPlace extends CalendarPlace {
  kind: EstablishmentKind;
  latitude: number | null;
  longitude: number | null;
  simultaneousWindowLimit: number | null;
  /** For all of its classes, its relatives or its staff. */
  wishes: readonly EstablishmentDayWish[];
}

export interface StreamedClass extends AssembledClass {
  establishmentId: number;
}

/** A group and one of the classes that it draws from; option sets are compared, never shown. */
export interface GroupSource {
  sourceClassId: number;
  groupId: number;
  optionSet: string | null;
}

const WISH_KIND = { w: 'wished', c: 'closed', f: 'fixed' } as const;

/** The rows behind an allocation problem: one of the two doors between SQL and arrays. Classes are streamed, never held. */
@Injectable()
export class ProblemRowsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Establishments with at least one class that takes part, by id, each with its wishes; or one of them. */
  async establishments(campaign: Campaign, only?: number): Promise<EstablishmentPlace[]> {
    const conditions = scopeConditions(campaign);
    const rows = await this.database.query<(EstablishmentPlace & { wishList: string | null })[]>(`
      select establishment.id as "establishmentId", establishment.kind, establishment.time_zone as "timeZone",
             establishment.holiday_zone as "holidayZone", establishment.open_half_days as "openHalfDays",
             establishment.latitude, establishment.longitude, establishment.simultaneous_window_limit as "simultaneousWindowLimit",
             department.id as "departmentId", academy.id as "academyId", academy.parent_id as "regionId",
             (select ${listOf('audience', campaign)} from wish
               where wish.establishment_id = establishment.id and ${isHeld(campaign)}) as "wishList"
        from establishment
        join territory department on department.id = establishment.department_id
        left join territory academy on academy.id = department.parent_id
       where ${conditions.establishment}${isOnly(only)}
         and exists (select 1 from class where class.establishment_id = establishment.id and ${conditions.class})
       order by establishment.id`);
    return rows.map(({ wishList, ...place }) => ({
      ...place,
      wishes: wishList === null ? [] : wishList.split(';').map(establishmentWishFrom),
    }));
  }

  /** Classes that take part (of one establishment, where it is named), by establishment and id, each with its wishes; some at a time. */
  async *classes(campaign: Campaign, only?: number): AsyncGenerator<StreamedClass[]> {
    const conditions = scopeConditions(campaign);
    const query = `
      select class.establishment_id, class.id, (class.kind = 'group')::int, array_to_string(class.levels, ','), class.headcount,
             coalesce(teacher.id::text, ''), coalesce(wishes.list, '')
        from establishment
        join class on class.establishment_id = establishment.id
        left join (select class_id, min(teacher_key_id) as id from class_teacher group by class_id having count(*) = 1) teacher
          on teacher.class_id = class.id
        left join (
          select class_id, ${listOf("''", campaign)} as list
            from wish where class_id is not null and ${isHeld(campaign)} group by class_id) wishes
          on wishes.class_id = class.id
       where ${conditions.establishment}${isOnly(only)} and ${conditions.class}
       order by class.establishment_id, class.id`;
    const levels = new Map<string, Level[]>();
    for await (const lines of wholeLines(copyOut(this.database, query))) {
      yield lines.map((line) => {
        const [establishmentId, classId, isGroup, levelList, headcount, teacher, wishes] = line.split('\t');
        let known = levels.get(levelList!);
        if (!known) levels.set(levelList!, (known = levelList!.split(',') as Level[]));
        return {
          establishmentId: Number(establishmentId),
          classId: Number(classId),
          isGroup: isGroup === '1',
          levels: known,
          headcount: Number(headcount),
          soleTeacherKeyId: numberOrNull(teacher!),
          wishes: wishes === '' ? NO_WISHES : wishes!.split(';').map(wishFrom),
        };
      });
    }
  }

  /** Which groups draw from which classes of a school year, class by class. */
  async *groupSources(campaign: Campaign): AsyncGenerator<GroupSource[]> {
    const query = `
      select source.class_id, source.group_id, coalesce(encode(convert_to(class.option_set, 'UTF8'), 'hex'), '')
        from class_group_source source join class on class.id = source.group_id
        join establishment on establishment.id = class.establishment_id
       where establishment.platform_id = ${campaign.platformId} and class.school_year = '${campaign.schoolYear}'
       order by source.class_id, source.group_id`;
    for await (const lines of wholeLines(copyOut(this.database, query))) {
      yield lines.map((line) => {
        const [sourceClassId, groupId, optionSet] = line.split('\t');
        return {
          sourceClassId: Number(sourceClassId),
          groupId: Number(groupId),
          optionSet: optionSet === '' ? null : optionSet!,
        };
      });
    }
  }
}

const isOnly = (establishmentId: number | undefined): string =>
  establishmentId === undefined ? '' : ` and establishment.id = ${establishmentId}`;

/**
 * Wishes as one text, each with its day of the campaign. A fixed window that waits for approval is no more than a wished
 * start; one that was refused is nothing.
 */
const listOf = (audience: string, { startsOn }: Campaign): string =>
  `string_agg(concat(case approval when 'pending' then 'w' else left(kind, 1) end, ',', weekday, ',', local_date - date '${startsOn}', ',',
                     start_minute, ',', end_minute, ',', teacher_key_id, ',', ${audience}), ';'
              order by start_minute, kind, weekday, local_date, teacher_key_id)`;
const isHeld = ({ id }: Campaign): string => `campaign_id = ${id} and approval <> 'refused'`;

const NO_WISHES: readonly DayWish[] = [];

const numberOrNull = (text: string): number | null => (text === '' ? null : Number(text));

function wishFrom(text: string): DayWish {
  const [kind, weekday, day, startMinute, endMinute, teacherKeyId] = text.split(',');
  return {
    kind: WISH_KIND[kind as keyof typeof WISH_KIND],
    weekday: numberOrNull(weekday!),
    day: numberOrNull(day!),
    startMinute: Number(startMinute),
    endMinute: numberOrNull(endMinute!),
    teacherKeyId: numberOrNull(teacherKeyId!),
  };
}

const establishmentWishFrom = (text: string): EstablishmentDayWish => ({
  ...wishFrom(text),
  audience: text.slice(text.lastIndexOf(',') + 1) as Audience,
});

/** The whole lines of each chunk; a line cut in two waits for its rest. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
