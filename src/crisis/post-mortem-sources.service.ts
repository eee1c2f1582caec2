import { Injectable } from '@nestjs/common';
import { type AuditRow, AuditTrailStore } from '../audit/audit-trail.store';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import type { GatewaySettings } from '../gateway/gateway-settings.rules';
import { GatewaySettingsService } from '../gateway/gateway-settings.service';
import { CELL_MINUTES, LOAD_SCALE } from '../kernel/cell-grid';
import { ProtectionStore, type StepRow } from '../protection/protection.store';
import { CrisisStore } from './crisis.store';
import type { TimelineEntry } from './post-mortem';
import { PostMortemFactsStore } from './post-mortem-facts.store';

/** What a page of the trail holds. */
const PAGE_ENTRIES = 1000;
const MOST_STEPS = 500;
/** Errors from which a minute counts as failing, per mille, as the proposal has it. */
const FAILING_PER_MILLE = 50;

/** Where the facts come from that other rooms hold. */
@Injectable()
export class PostMortemSources {
  constructor(
    readonly capacity: CapacityService,
    private readonly settings: GatewaySettingsService,
    private readonly protection: ProtectionStore,
    private readonly trail: AuditTrailStore,
    private readonly facts: PostMortemFactsStore,
    readonly crisis: CrisisStore,
  ) {}

  /** Steps that were in force within [from, to), also those that were taken back. */
  async steps(platformId: number, from: Date, to: Date): Promise<StepRow[]> {
    const steps = await this.protection.steps(platformId, null, MOST_STEPS);
    return steps
      .filter(
        ({ enforcedAt, startsAt, endsAt }) =>
          enforcedAt !== null && startsAt < to && endsAt > from && endsAt > startsAt,
      )
      .reverse();
  }

  /** What was set at the gateways at an instant: what the first change since then began from, or what is set now. */
  async settingsAt(actor: Actor, platformId: number, at: Date, now: Date): Promise<GatewaySettings> {
    const changes =
      at < now
        ? await this.trail.page(
            { from: at, to: now, platformId, action: 'gateway_settings.set' },
            undefined,
            PAGE_ENTRIES,
          )
        : [];
    const before = changes.at(-1)?.before as GatewaySettings | null | undefined;
    return before ?? this.settings.read(actor, platformId);
  }

  async limits(
    platformId: number,
    firstCell: number,
    cellCount: number,
  ): Promise<{ sessionLimit: number[]; loginLimit: number[] }> {
    const { effectiveSessions, effectiveLogins } = await this.capacity.cells(platformId, firstCell, cellCount);
    const whole = (thousandths: Float64Array) => Array.from(thousandths, (value) => Math.floor(value / LOAD_SCALE));
    return { sessionLimit: whole(effectiveSessions), loginLimit: whole(effectiveLogins) };
  }

  /** Minutes that were measured, and those with errors although less than the declared capacity was used. */
  async failingMinutes(
    platformId: number,
    firstCell: number,
    endCell: number,
    sessionLimit: readonly number[],
    loginLimit: readonly number[],
  ): Promise<{ measuredMinutes: number; failingBelowCapacityMinutes: number }> {
    const minutes = await this.facts.minutes(platformId, firstCell, endCell);
    const failing = minutes.filter(({ cell, sessions, loginsPerMinute, errorsPerMille }) => {
      const k = cell - firstCell;
      return (
        (errorsPerMille ?? 0) >= FAILING_PER_MILLE &&
        (sessions ?? 0) < sessionLimit[k]! &&
        (loginsPerMinute ?? 0) * CELL_MINUTES < loginLimit[k]!
      );
    });
    return { measuredMinutes: minutes.length, failingBelowCapacityMinutes: failing.length };
  }

  /** What was done, and what began and ended by itself, in its order. */
  async timeline(platformId: number, from: Date, to: Date, steps: readonly StepRow[]): Promise<TimelineEntry[]> {
    const rows: AuditRow[] = [];
    for (let page: AuditRow[] = []; rows.length === 0 || page.length === PAGE_ENTRIES; rows.push(...page)) {
      const last = rows.at(-1);
      page = await this.trail.page(
        { from, to, platformId, isWithoutBookings: true },
        last && [last.recordedAt, last.id],
        PAGE_ENTRIES,
      );
      if (page.length === 0) break;
    }
    const done = rows.map(({ recordedAt, action, role, key, reason }) => ({
      at: new Date(recordedAt).toISOString(),
      action,
      by: role ?? 'service',
      about: key,
      reason,
    }));
    const own = steps.flatMap(({ id, name, startsAt, endsAt, state, reason }): TimelineEntry[] => [
      { at: startsAt.toISOString(), action: 'protection_step.begins', by: 'service', about: String(id), name, reason },
      ...(state === 'undone'
        ? []
        : [
            {
              at: endsAt.toISOString(),
              action: 'protection_step.ends',
              by: 'service',
              about: String(id),
              name,
              reason: null,
            },
          ]),
    ]);
    const { count, lastAt } = await this.trail.bookings(platformId, from, to);
    if (lastAt !== null)
      own.push({ at: lastAt.toISOString(), action: 'bookings.made', by: 'head', about: String(count), reason: null });
    const isInside = ({ at }: TimelineEntry) => at >= from.toISOString() && at < to.toISOString();
    return [...done, ...own.filter(isInside)].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}
