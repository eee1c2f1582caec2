import type { EstablishmentCopy } from './wish-copy-of';
import type { WishCopyReportDto, WishNotCopiedDto } from './wish-copy.dto';

const MOST_LINES = 500;

/** Counts what was copied while it is. */
export class WishCopyReport {
  private establishmentCount = 0;
  private classCount = 0;
  private copiedCount = 0;
  private leftOffCount = 0;
  private items: WishNotCopiedDto[] = [];
  private readonly reasons = new Map<string, number>();

  constructor(
    private readonly fromCampaignId: number,
    readonly isDryRun: boolean,
  ) {}

  /** Back to nothing, for a transaction that is run again. */
  clear(): void {
    this.establishmentCount = this.classCount = this.copiedCount = this.leftOffCount = 0;
    this.items = [];
    this.reasons.clear();
  }

  add(uai: string, { rows, notCopied }: EstablishmentCopy): void {
    if (rows.length > 0) this.establishmentCount++;
    this.classCount += new Set(rows.flatMap(({ classId }) => (classId === null ? [] : [classId]))).size;
    this.copiedCount += rows.length;
    const lines = new Map<string, WishNotCopiedDto>();
    for (const { classCode, reason, wishCount } of notCopied) {
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + wishCount);
      const key = `${classCode} ${reason}`;
      const line = lines.get(key);
      if (line) line.wishCount += wishCount;
      else lines.set(key, { uai, classCode, reason, wishCount });
    }
    for (const line of lines.values()) {
      if (this.items.length < MOST_LINES) this.items.push(line);
      else this.leftOffCount++;
    }
  }

  answer(): WishCopyReportDto {
    return {
      fromCampaignId: this.fromCampaignId,
      isDryRun: this.isDryRun,
      establishmentCount: this.establishmentCount,
      classCount: this.classCount,
      copiedCount: this.copiedCount,
      notCopied: [...this.reasons]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([reason, wishCount]) => ({ reason, wishCount })),
      items: this.items,
      leftOffCount: this.leftOffCount,
    };
  }
}
