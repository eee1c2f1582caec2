import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { DAY_TYPES } from '../calendar/calendar-place';
import { defaultBackground } from '../capacity/background.rules';
import { CapacityService } from '../capacity/capacity.service';
import { inTransaction } from '../common/database';
import type { OnProgress } from '../common/progress';
import type { DemoRegion } from '../directory/demo-region';
import { DemoRegionStore, type DemoRegionRows } from '../directory/demo-region.store';
import { OTHER_PEOPLE_PER_PUPIL, PLATFORM } from './demonstration.rules';

/** The schools of the demonstration and the platform that carries them. */
@Injectable()
export class DemonstrationRegion {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly regions: DemoRegionStore,
    private readonly capacity: CapacityService,
  ) {}

  /** The department whose calendar the week is chosen by; its territories are made where they are not there yet. */
  leadingDepartmentId(): Promise<number> {
    return inTransaction(this.database, async (tx) => {
      const { departmentIdByCode } = await this.regions.ensureTerritories(tx);
      return departmentIdByCode.get('demo-59')!;
    });
  }

  find(): Promise<DemoRegionRows | undefined> {
    return this.regions.find(this.database.manager);
  }

  /**
   * The region with its platform and background, all in one transaction: a killed start leaves nothing of it. One that stands
   * already is kept when it is the same and whole, else replaced (the caller has removed the campaign that used it).
   */
  ensure(
    actor: Actor,
    region: DemoRegion,
    schoolYear: string,
    onProgress: OnProgress,
  ): Promise<{ platformId: number; rows: DemoRegionRows }> {
    return inTransaction(this.database, async (tx) => {
      const platform = await this.capacity.ensurePlatform(actor, { ...PLATFORM, portals: [...PLATFORM.portals] }, tx);
      const known = await this.regions.find(tx);
      if (known?.isWhole && known.source === region.source && known.schoolYear === schoolYear)
        return { platformId: platform.id, rows: known };
      if (known) await this.regions.remove(tx);
      await this.regions.write(tx, region, { platformId: platform.id, schoolYear }, onProgress);
      const rows = (await this.regions.find(tx))!;
      const background = [...rows.pupilCountByDepartment].flatMap(([departmentId, pupilCount]) => {
        const curves = defaultBackground(pupilCount * OTHER_PEOPLE_PER_PUPIL);
        return DAY_TYPES.map((dayType) => ({ departmentId, dayType, ...curves[dayType] }));
      });
      await this.capacity.setBackground(actor, platform.id, background, tx);
      return { platformId: platform.id, rows };
    });
  }
}
