import { Module } from '@nestjs/common';
import { BookingModule } from '../booking/booking.module';
import { PlanModule } from '../plan/plan.module';
import { SwapController } from './swap.controller';
import { SwapService } from './swap.service';
import { SwapStore } from './swap.store';

@Module({
  imports: [BookingModule, PlanModule],
  controllers: [SwapController],
  providers: [SwapService, SwapStore],
})
export class ExchangeModule {}
