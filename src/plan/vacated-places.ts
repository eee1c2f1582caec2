/**
 * SQL that begins with what was given up by bookings in any plan of a plan's campaign, as `vacated`: windows that were released last, and
 * the places on other days that windows moved away from. Whatever would stand there again was not wanted.
 */
export const vacatedPlaces = (planId: number): string => {
  const changes = `plan_change c join plan p on p.id = c.plan_id,
       jsonb_to_record(c.before) as r ("establishmentId" int, "classId" int, audience smallint, date date, ordinal smallint)
      where p.campaign_id = (select campaign_id from plan where id = ${planId})`;
  return `with last as (
     select distinct on (c.window_id) c.window_id, c.kind, r.*
       from ${changes} and c.kind in ('release', 'move', 'add') and c.window_id is not null
      order by c.window_id, c.epoch desc, c.revision desc),
   vacated as (
     select window_id, "establishmentId" as establishment_id, "classId" as class_id, audience, date as local_date, ordinal
       from last where kind = 'release'
     union
     select c.window_id, r."establishmentId", r."classId", r.audience, r.date, r.ordinal
       from ${changes} and c.kind = 'move' and c.before ->> 'date' <> c.after ->> 'date')`;
};
