import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { PlanModule } from '../plan/plan.module';
import { AvailabilityService } from './availability.service';
import { BookingController } from './booking.controller';
import { BookingFactsService } from './booking-facts.service';
import { BookingFactsStore } from './booking-facts.store';
import { BookingJournal } from './booking-journal';
import { BookingPreparation } from './booking-preparation.service';
import { BookingRefusals } from './booking-refusals.service';
import { BookingService } from './booking.service';
import { HoldController } from './hold.controller';
import { HoldService } from './hold.service';
import { HoldStore } from './hold.store';
import { KeyedRequests } from './keyed-requests.service';
import { OtherDays } from './other-days.service';
import { SwapPartners } from './swap-partners.service';

@Module({
  imports: [CalendarModule, CampaignModule, PlanModule],
  controllers: [BookingController, HoldController],
  providers: [
    BookingService,
    BookingPreparation,
    AvailabilityService,
    BookingFactsService,
    BookingFactsStore,
    BookingJournal,
    KeyedRequests,
    BookingRefusals,
    OtherDays,
    HoldService,
    HoldStore,
    SwapPartners,
  ],
  exports: [
    BookingRefusals,
    BookingService,
    AvailabilityService,
    BookingPreparation,
    BookingJournal,
    KeyedRequests,
    HoldStore,
    HoldService,
  ],
})
export class BookingModule {}
