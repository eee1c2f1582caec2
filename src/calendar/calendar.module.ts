import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CalendarExceptionEntity } from './calendar-exception.entity';
import { CalendarChanges } from './calendar-changes';
import { CalendarController } from './calendar.controller';
import { CalendarService } from './calendar.service';
import { CalendarStore } from './calendar.store';
import { HolidayImportService } from './holiday-import.service';
import { HolidayPeriodEntity } from './holiday-period.entity';

@Module({
  imports: [TypeOrmModule.forFeature([HolidayPeriodEntity, CalendarExceptionEntity])],
  controllers: [CalendarController],
  providers: [CalendarChanges, CalendarService, CalendarStore, HolidayImportService],
  exports: [CalendarChanges, CalendarService, HolidayImportService],
})
export class CalendarModule {}
