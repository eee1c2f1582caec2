-- The bare move: what any booking costs in SQL at least. One transaction locks 30 cells in order, adds a load to fifteen of them and takes
-- it from the other fifteen, and appends one change. Where it goes is skewed as the heads of bench/bookings.ts are: `hot_percent` of the
-- moves go to one of three wanted hours, and one in four comes from there. Cells 0..143 are the twelve hours of a day.
\set is_to_hot random(1, 100)
\set is_from_hot random(1, 100)
\set hot_to random(0, 2)
\set hot_from random(0, 2)
\set to_cell random(0, 43) * 3
\set from_cell random(0, 43) * 3
\if :is_to_hot <= :hot_percent
\set to_cell 24 + :hot_to * 12
\endif
\if :is_from_hot <= 25
\set from_cell 24 + :hot_from * 12
\endif
begin;
select cell from bare_cell
 where cell between :to_cell and :to_cell + 14 or cell between :from_cell and :from_cell + 14 order by cell for update;
update bare_cell set session_planned = session_planned + 21000, login_planned = login_planned + 4000
 where cell between :to_cell and :to_cell + 14;
update bare_cell set session_planned = session_planned - 21000, login_planned = login_planned - 4000
 where cell between :from_cell and :from_cell + 14;
insert into bare_change (from_cell, to_cell) values (:from_cell, :to_cell);
commit;
