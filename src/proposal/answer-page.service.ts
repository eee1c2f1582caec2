import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError } from '../common/domain-error';
import type { Language } from '../common/language.rules';
import { PlanExportService } from '../plan/plan-export.service';
import type { WindowDto } from '../plan/window.dto';
import { AnswerLinkService } from './answer-link.service';
import type { UsableLink } from './answer-link.store';
import type { AnswerFormDto } from './answer-page.dto';
import { proposalPage, refusalPage } from './answer-page.rules';
import { AnswerService } from './answer.service';
import { MOST_COMMENT } from './proposal.rules';

const PAGE_SIZE = 500;

/** A page as it goes out. */
export interface Page {
  status: number;
  html: string;
}

/** What a link shows and answers. A reader that only looks (a mail scanner, a preview) answers nothing. */
@Injectable()
export class AnswerPageService {
  constructor(
    private readonly links: AnswerLinkService,
    private readonly answers: AnswerService,
    private readonly plans: PlanExportService,
  ) {}

  async show(token: string, language: Language): Promise<Page> {
    return this.told(language, async () => {
      const link = await this.links.usable(token);
      const actor = actorOf(link);
      const view = await this.answers.ofEstablishment(actor, link.campaignId, link.uai);
      const windows = await this.windowsOf(actor, view.proposal.planId, link.uai);
      return { status: 200, html: proposalPage(language, view, windows) };
    });
  }

  /** Answers; undefined where it was written and the page can be shown again. */
  async answer(token: string, form: AnswerFormDto, language: Language): Promise<Page | undefined> {
    const page = await this.told(language, async () => {
      const link = await this.links.usable(token);
      const { verdict, comment = '', classId } = form;
      if (verdict === 'change' && comment.length > MOST_COMMENT) {
        return { status: 422, html: refusalPage(language, 'long', comment) };
      }
      const classIds = verdict === 'change' && classId ? classId.map(Number) : undefined;
      const request = {
        verdict,
        comment: verdict === 'change' ? comment : null,
        ...(classIds && { classIds }),
      };
      await this.answers.give(actorOf(link), link.campaignId, link.uai, request, link.quality);
      return undefined;
    });
    return page;
  }

  private async windowsOf(actor: Actor, planId: number, uai: string): Promise<WindowDto[]> {
    const windows: WindowDto[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.plans.page(actor, planId, { uai }, PAGE_SIZE, cursor);
      windows.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return windows;
  }

  /** A refusal in the words of the page. */
  private async told<T>(language: Language, work: () => Promise<T>): Promise<T | Page> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
      if (error.code.startsWith('answer_link.')) return { status: 404, html: refusalPage(language, 'gone') };
      if (error.code === 'proposal.closed') return { status: 409, html: refusalPage(language, 'late') };
      if (error.code === 'proposal.change_without_comment')
        return { status: 422, html: refusalPage(language, 'missing') };
      return { status: 422, html: refusalPage(language, 'failed') };
    }
  }
}

/** Who holds a link acts for its establishment and nothing else. */
const actorOf = ({ id, quality, uai }: UsableLink): Actor => ({
  role: quality === 'inspector' ? 'inspector' : 'head',
  subject: `answer-link:${id}`,
  uais: [uai],
});
