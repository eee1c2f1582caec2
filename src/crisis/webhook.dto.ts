import { IsUrl, MaxLength } from 'class-validator';

/** Who is to be told. */
export class MakeWebhookDto {
  /** An address of the internet, `https://...`. */
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(2000)
  url!: string;
}

/** Who is told of what protects a platform. */
export class WebhookDto {
  /** Its number. */
  id!: number;
  /** The address. */
  url!: string;
  /** Who made it. */
  createdBy!: string;
  /** When. */
  createdAt!: string;
  /** Messages that wait for their next attempt. */
  waitingCount!: number;
  /** When a message was last taken. */
  lastDeliveredAt!: string | null;
  /** What the last message met; null where it was taken. */
  lastProblem!: string | null;
}

/** All who are told. */
export class WebhookListDto {
  /** They. */
  items!: WebhookDto[];
}

/** A webhook that was made. */
export class MadeWebhookDto {
  /** Its number. */
  id!: number;
  /** What its messages are signed with, `whsec_...`: shown this once. */
  secret!: string;
}
