import { DomainError, type ErrorKind } from '../common/domain-error';

/** A campaign that cannot be followed: the code says which rule it breaks. */
export class CampaignRefused extends DomainError {
  constructor(
    code: string,
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
    kind: ErrorKind = 'unprocessable',
  ) {
    super(`campaign.${code}`, kind, message, facts);
  }
}

export class CampaignPublishedError extends DomainError {
  constructor(campaignId: number, planId: number) {
    super(
      'campaign.published',
      'conflict',
      `Plan ${planId} of campaign ${campaignId} was published: gateways and schools know it, the campaign cannot be deleted.`,
      { planId },
    );
  }
}
