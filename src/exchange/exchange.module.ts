import { Module } from '@nestjs/common';
import { BookingModule } from '../booking/booking.module';
import { PlanModule } from '../plan/plan.module';
import { SwapController } from './swap.controller';
import { SwapService } from './swap.service';
import { SwapStore } from './swap.store';
import { WaitingController } from './waiting.controller';
import { WaitingListService } from './waiting-list.service';
import { WaitingPromotion } from './waiting-promotion.service';
import { WaitingServer } from './waiting-server.service';
import { WaitingStore } from './waiting.store';

@Module({
  imports: [BookingModule, PlanModule],
  controllers: [SwapController, WaitingController],
  providers: [SwapService, SwapStore, WaitingListService, WaitingPromotion, WaitingServer, WaitingStore],
})
export class ExchangeModule {}
