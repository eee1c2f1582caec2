import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { advisoryLock, inTransaction } from '../common/database';
import { DomainError } from '../common/domain-error';
import { BundleBuilder } from './bundle-builder.service';
import { BundleStore } from './bundle.store';
import { GatewayKeyStore } from './gateway-key.store';
import type { EpochDto, RotatedKeyDto } from './gateway-settings.dto';
import { GatewaySettingsChanges } from './gateway-settings-changes';
import type { GatewaySettings } from './gateway-settings.rules';
import { recordAudit } from '../audit/audit-entry';

/** What an operator says of the gateways of a platform. */
@Injectable()
export class GatewaySettingsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly capacity: CapacityService,
    private readonly store: BundleStore,
    private readonly keys: GatewayKeyStore,
    private readonly builder: BundleBuilder,
    private readonly changes: GatewaySettingsChanges,
  ) {}

  /** @throws NotFoundError */
  async read(_actor: Actor, platformId: number): Promise<GatewaySettings> {
    await this.capacity.platform(platformId);
    return this.store.settings(platformId);
  }

  /** Replaces the settings and publishes a bundle with them at once. @throws NotFoundError, DomainError */
  async replace(actor: Actor, platformId: number, settings: GatewaySettings, now: Date): Promise<GatewaySettings> {
    await this.capacity.platform(platformId);
    const wrong =
      settings.expiresAfterMinutes <= settings.staleAfterMinutes
        ? 'A plan expires after it has grown old: expiresAfterMinutes must be above staleAfterMinutes.'
        : settings.keptPerCell > settings.walkInPerCell
          ? 'No more places can be kept than there are: keptPerCell must be at most walkInPerCell.'
          : settings.exemptions.some(({ startsAt, endsAt }) => Date.parse(startsAt) >= Date.parse(endsAt))
            ? 'An exemption must end after it starts.'
            : undefined;
    if (wrong !== undefined) throw new DomainError('gateway.settings_invalid', 'unprocessable', wrong);
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const before = await this.store.settings(platformId, tx);
      await this.store.setSettings(tx, platformId, settings, actor.subject);
      await this.changes.tell(tx, { platformId, before, now });
      await recordAudit(tx, actor, {
        action: 'gateway_settings.set',
        key: platformId,
        platformId,
        before,
        after: settings,
      });
    });
    await this.builder.rebuild(platformId, now);
    return this.store.settings(platformId);
  }

  /** Announces a new key that signs bundles and deltas of every platform; it signs ten minutes later. */
  rotateSigningKey(actor: Actor): Promise<RotatedKeyDto> {
    return this.database.transaction(async (tx) => {
      const kid = await this.keys.rotateSigningKey(tx);
      await recordAudit(tx, actor, { action: 'signing_key.rotate', key: kid });
      return { kid };
    });
  }

  /** The same for the keys of a platform's passes. @throws NotFoundError */
  async rotatePassKey(actor: Actor, platformId: number): Promise<RotatedKeyDto> {
    await this.capacity.platform(platformId);
    return this.database.transaction(async (tx) => {
      const kid = await this.keys.rotatePassKey(tx, platformId);
      await recordAudit(tx, actor, { action: 'pass_key.rotate', key: kid, platformId });
      return { kid };
    });
  }

  /** After a restore: gateways that saw later revisions take the plan of the new epoch, and never an older one again. @throws NotFoundError */
  async beginEpoch(actor: Actor, platformId: number, now: Date): Promise<EpochDto> {
    await this.capacity.platform(platformId);
    const row = await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const rows = await tx.query<[EpochDto[], number]>(
        `update platform_revision set epoch = epoch + 1, epoch_base_revision = revision where platform_id = $1
          returning epoch, revision`,
        [platformId],
      );
      const begun = rows[0][0];
      if (begun) await recordAudit(tx, actor, { action: 'epoch.begin', key: platformId, platformId, after: begun });
      return begun;
    });
    if (!row) throw new DomainError('gateway.nothing_published', 'conflict', 'Nothing was ever published here.');
    await this.builder.rebuild(platformId, now);
    return row;
  }
}
