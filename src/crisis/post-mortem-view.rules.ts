import { instantOfCell } from '../common/civil-time';
import { CELL_MINUTES } from '../kernel/cell-grid';
import type { PostMortemDto, PostMortemHeadDto } from './post-mortem.dto';
import { amplificationOf, assumptionsOf, causesAsReplayed } from './post-mortem.rules';
import type { PostMortemView } from './post-mortem.service';
import type { PostMortemHead } from './post-mortem.store';

export const headDtoOf = ({
  id,
  firstOn,
  lastOn,
  replayedOn,
  simulationId,
  summary,
  revision,
  madeAt,
  changedAt,
}: PostMortemHead): PostMortemHeadDto => ({
  id,
  firstDate: firstOn,
  lastDate: lastOn,
  replayedDate: replayedOn,
  simulationId,
  summary,
  revision,
  madeAt: madeAt.toISOString(),
  changedAt: changedAt.toISOString(),
});

export function postMortemDtoOf({ row, variants }: PostMortemView): PostMortemDto {
  const { facts, improvements } = row;
  const causes = facts.hasWaitingRoom ? causesAsReplayed(row.causes, facts, variants?.[0]) : row.causes;
  const { timeZone, firstCell, timeline, curves, totals, territories, kinds, profiles } = facts;
  return {
    ...headDtoOf(row),
    ...{ timeZone, startsAt: instantOfCell(firstCell), stepMinutes: CELL_MINUTES, timeline, curves, totals },
    amplification: amplificationOf(totals),
    ...{ territories, kinds, profiles, causes, improvements },
    assumptions: assumptionsOf(facts, variants?.[0]),
    assumedAdherencePerMille: facts.assumedAdherencePerMille,
    replayAdherences: facts.replayAdherences ?? [],
    simulated: variants,
  };
}
