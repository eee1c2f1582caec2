import { Injectable } from '@nestjs/common';
import { addDays, civilOfCell } from '../common/civil-time';
import { DomainError } from '../common/domain-error';
import { GatheredRead } from '../common/gathered-read';
import { cellOfSeconds } from '../kernel/cell-grid';
import { Sequencer } from '../plan/sequencer.service';
import type { LedgerState } from '../plan/sequencer.rules';
import type { SequencerNeeds } from '../plan/sequencer';
import { BookingFactsService } from './booking-facts.service';
import { needsOf } from './booking-needs.rules';
import { type Alternative, ALTERNATIVE_COUNT, type PlacedOperation } from './booking-operation';
import { alternativesOn } from './booking-operation.rules';
import type { Prepared } from './booking-preparation.service';
import { startsOf } from './place.rules';

/** So far from the wanted date somebody still wants to hear of a day. */
const MOST_DAYS_AWAY = 7;
/** Days with hours that are looked at, the nearest first. */
const MOST_DAYS = 5;

interface AskedDays {
  platformId: number;
  needs: SequencerNeeds;
}

/** Where else there is room for a window whose wanted day has none; a crowd's questions are one look at each platform. */
@Injectable()
export class OtherDays {
  private readonly states = new GatheredRead((asked: AskedDays[]) => this.look(asked));

  constructor(
    private readonly facts: BookingFactsService,
    private readonly sequencer: Sequencer,
  ) {}

  /** Three starts on the nearest days that have any, each day's nearest hours first. */
  async alternatives({ operation, windows }: Prepared, now = new Date()): Promise<Alternative[]> {
    if (operation.kind !== 'move' && operation.kind !== 'add') return [];
    const [target] = operation.targets;
    const wanted = target!.day.date;
    const { campaign, timeZone } = target!.owner;
    const today = civilOfCell(cellOfSeconds(now.getTime() / 1000), timeZone).on;
    const dates: string[] = [];
    for (let away = 1; away <= MOST_DAYS_AWAY; away++) dates.push(addDays(wanted, away), addDays(wanted, -away));
    const inside = dates.filter((date) => date >= today && date >= campaign.startsOn && date <= campaign.endsOn);
    if (inside.length === 0) return [];
    const { headcount } = target!.owner;
    const owner = { ...(await this.facts.withDays(target!.owner, inside)), headcount };
    const days = inside
      .map((date) => owner.days.get(date)!)
      .filter((day) => startsOf(owner, day, target!.cellCount).length > 0)
      .slice(0, MOST_DAYS);
    if (days.length === 0) return [];
    const looked = { ...owner, days: new Map(days.map((day) => [day.date, day])) };
    const needs = { ...needsOf(operation, [looked], windows), newWindowCount: 0 };
    const state = await this.states.get({ platformId: owner.platformId, needs });
    const ofDays = days.map((day): Alternative[] => {
      const tried: PlacedOperation = { ...operation, targets: [{ ...target!, owner: looked, day }] };
      const daysFromWanted = Math.round((Date.parse(day.date) - Date.parse(wanted)) / 86_400_000);
      return possibleOn(tried, state, now).map((one) => ({ ...one, daysFromWanted }));
    });
    // one of each day before the second of any
    const byRank = [...Array(ALTERNATIVE_COUNT).keys()].flatMap((rank) => ofDays.flatMap((ofDay) => ofDay[rank] ?? []));
    return byRank.slice(0, ALTERNATIVE_COUNT);
  }

  private async look(asked: AskedDays[]): Promise<LedgerState[]> {
    const needsOfPlatform = new Map<number, SequencerNeeds[]>();
    for (const { platformId, needs } of asked) {
      needsOfPlatform.set(platformId, [...(needsOfPlatform.get(platformId) ?? []), needs]);
    }
    const states = new Map<number, LedgerState>();
    for (const [platformId, needs] of needsOfPlatform) {
      states.set(platformId, (await this.sequencer.peek(platformId, needs)).state);
    }
    return asked.map(({ platformId }) => states.get(platformId)!);
  }
}

function possibleOn(operation: PlacedOperation, state: LedgerState, now: Date): Alternative[] {
  try {
    return alternativesOn(operation, state, now);
  } catch (error) {
    // the window went meanwhile, or the day is as full of its own windows as may be
    if (error instanceof DomainError) return [];
    throw error;
  }
}
