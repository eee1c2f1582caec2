import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Which entries; what is absent narrows nothing. */
export interface AuditFilter {
  from?: Date | undefined;
  to?: Date | undefined;
  subject?: string | undefined;
  /** An action (`plan.publish`), or all of a thing (`plan`). */
  action?: string | undefined;
  key?: string | undefined;
  uai?: string | undefined;
  platformId?: number | undefined;
  /** Without the bookings of establishments, of which a Monday has thousands. */
  isWithoutBookings?: boolean | undefined;
}

export interface AuditRow {
  id: string;
  /** With microseconds, as the order needs it. */
  recordedAt: string;
  role: string | null;
  subject: string;
  action: string;
  key: string;
  platformId: number | null;
  uai: string | null;
  before: unknown;
  after: unknown;
  reason: string | null;
}

/** Where a page ends: instant (as text, to the microsecond) and id. */
export type AuditMark = readonly [recordedAt: string, id: string];

/** The audit trail as it is read: entries, and bookings from their change log. */
@Injectable()
export class AuditTrailStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Bookings of a platform in [from, to), and when the last of them was made. */
  async bookings(platformId: number, from: Date, to: Date): Promise<{ count: number; lastAt: Date | null }> {
    const rows = await this.database.query<{ count: number; lastAt: Date | null }[]>(
      'select count(*)::int as count, max(booked_at) as "lastAt" from booking where platform_id = $1 and booked_at >= $2 and booked_at < $3',
      [platformId, from, to],
    );
    return rows[0]!;
  }

  /** The latest first. */
  page(filter: AuditFilter, before: AuditMark | undefined, count: number): Promise<AuditRow[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const where: string[] = [];
    if (before) where.push(`(recorded_at, id) < (${bind(before[0])}::timestamptz, ${bind(before[1])}::uuid)`);
    if (filter.from) where.push(`recorded_at >= ${bind(filter.from)}`);
    if (filter.to) where.push(`recorded_at < ${bind(filter.to)}`);
    if (filter.subject !== undefined) where.push(`subject = ${bind(filter.subject)}`);
    if (filter.action?.includes('.')) where.push(`action = ${bind(filter.action)}`);
    else if (filter.action !== undefined) where.push(`starts_with(action, ${bind(`${filter.action}.`)})`);
    if (filter.key !== undefined) where.push(`thing_key = ${bind(filter.key)}`);
    if (filter.uai !== undefined) where.push(`uai = ${bind(filter.uai)}`);
    if (filter.isWithoutBookings) where.push(`not starts_with(action, 'booking.')`);
    if (filter.platformId !== undefined) where.push(`platform_id = ${bind(filter.platformId)}`);
    return this.database.query(
      `select id, to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt", role, subject, action,
         thing_key as key, platform_id as "platformId", uai, before, after, reason
       from audit_trail ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
       order by recorded_at desc, id desc limit ${bind(count)}`,
      parameters,
    );
  }
}
