import { Module } from '@nestjs/common';
import { CampaignModule } from '../campaign/campaign.module';
import { PlanModule } from '../plan/plan.module';
import { WishModule } from '../wish/wish.module';
import { AnswerLinkController } from './answer-link.controller';
import { AnswerLinkService } from './answer-link.service';
import { AnswerLinkStore } from './answer-link.store';
import { AnswerPageController } from './answer-page.controller';
import { AnswerPageService } from './answer-page.service';
import { AnswerProgressController } from './answer-progress.controller';
import { AnswerProgressService } from './answer-progress.service';
import { AnswerProgressStore } from './answer-progress.store';
import { AnswerService } from './answer.service';
import { AnswerStore } from './answer.store';
import { ProposalController } from './proposal.controller';
import { ProposalService } from './proposal.service';
import { ProposalStore } from './proposal.store';

@Module({
  imports: [CampaignModule, WishModule, PlanModule],
  controllers: [ProposalController, AnswerProgressController, AnswerLinkController, AnswerPageController],
  providers: [
    ProposalService,
    ProposalStore,
    AnswerService,
    AnswerStore,
    AnswerProgressService,
    AnswerProgressStore,
    AnswerLinkService,
    AnswerLinkStore,
    AnswerPageService,
  ],
  exports: [ProposalService],
})
export class ProposalModule {}
