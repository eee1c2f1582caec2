import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import { civilOfCell } from '../common/civil-time';
import { DomainError, NotFoundError } from '../common/domain-error';
import { encodeCursor } from '../common/keyset';
import type { Revision } from '../plan/ledger.store';
import type { WindowPlaceDto } from '../plan/plan-change.dto';
import { wholeKeyOf } from '../plan/plan-export.service';
import { type WindowChangeRow, WindowChangeStore } from '../plan/window-change.store';
import { ZonedInstants } from '../plan/zoned-instants';
import type { NoticeDto, NoticePageDto, NoticeQuery } from './notice.dto';
import { noticeSentenceOf } from './notice-sentence.rules';
import { type NoticePlace, NoticeStore } from './notice.store';

const LAST_WINDOW_ID = Number.MAX_SAFE_INTEGER;

/** Tells establishments what has moved: where to, where from, why, and by which revision. */
@Injectable()
export class NoticeService {
  private readonly instants = new ZonedInstants();

  constructor(
    private readonly store: NoticeStore,
    private readonly changes: WindowChangeStore,
  ) {}

  /** Notices of an establishment on its present platform, oldest first. @throws NotFoundError, CursorError */
  async list(actor: Actor, uai: string, query: NoticeQuery): Promise<NoticePageDto> {
    const place = await this.place(uai);
    const { after, unacknowledged } = query;
    const { acknowledgedEpoch, acknowledgedRevision } = place;
    const mark: [number, number, number] =
      unacknowledged === 'true' && acknowledgedEpoch !== null
        ? [acknowledgedEpoch, acknowledgedRevision!, LAST_WINDOW_ID]
        : [0, 0, 0];
    const asked = after === undefined ? undefined : (wholeKeyOf(after, 3) as [number, number, number]);
    const from = asked && isLater(asked, mark) ? asked : mark;
    if (place.platformId === null) return { items: [], nextAfter: after ?? null, hasMore: false };
    const size = query.limit!;
    const rows = await this.changes.after(
      place.establishmentId,
      place.platformId,
      from,
      size + 1,
      query.ofOthers === 'true' ? actor.subject : null,
    );
    const items = rows.slice(0, size).map((row) => this.noticeOf(row, place));
    const last = items.at(-1);
    return {
      items,
      nextAfter: last ? encodeCursor([last.epoch, last.revision, last.windowId]) : (after ?? null),
      hasMore: rows.length > size,
    };
  }

  /** Marks everything up to a revision as read. @throws NotFoundError, DomainError notice.not_told for a revision that is to come */
  async acknowledge(actor: Actor, uai: string, upTo: Revision): Promise<void> {
    const { establishmentId, platformId, epoch, revision } = await this.place(uai);
    const isTold = epoch !== null && (upTo.epoch < epoch || (upTo.epoch === epoch && upTo.revision <= revision!));
    if (platformId === null || !isTold) {
      throw new DomainError('notice.not_told', 'unprocessable', 'Nothing has been told up to that revision yet.');
    }
    await this.store.acknowledge(establishmentId, platformId, upTo, actor.subject);
  }

  private async place(uai: string): Promise<NoticePlace> {
    const place = await this.store.place(uai);
    if (!place) throw new NotFoundError('establishment', uai);
    return place;
  }

  private noticeOf(row: WindowChangeRow, place: NoticePlace): NoticeDto {
    const { timeZone, acknowledgedEpoch, acknowledgedRevision } = place;
    const { epoch, revision, kind, windowId, classId, classCode, reason, changedBy } = row;
    return {
      epoch,
      revision,
      kind,
      windowId,
      classId,
      classCode,
      audience: AUDIENCES[row.audience]!,
      activity: ACTIVITIES[row.activity]!,
      before: this.placeOf(row.beforeStartCell, row.beforeCellCount, timeZone),
      after: this.placeOf(row.afterStartCell, row.afterCellCount, timeZone),
      reason,
      changedBy,
      changedAt: row.changedAt.toISOString(),
      isAcknowledged:
        acknowledgedEpoch !== null &&
        !isLater([epoch, revision, 0], [acknowledgedEpoch, acknowledgedRevision!, LAST_WINDOW_ID]),
      french: noticeSentenceOf(row, timeZone, 'fr'),
      english: noticeSentenceOf(row, timeZone, 'en'),
    };
  }

  private placeOf(startCell: number | null, cellCount: number | null, timeZone: string): WindowPlaceDto | null {
    if (startCell === null || cellCount === null) return null;
    return {
      date: civilOfCell(startCell, timeZone).on,
      startsAt: this.instants.of(startCell, timeZone),
      endsAt: this.instants.of(startCell + cellCount, timeZone),
      startCell,
      cellCount,
    };
  }
}

function isLater(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at]! > b[at]!;
}
