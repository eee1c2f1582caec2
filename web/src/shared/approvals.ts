import { useQueries, useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from './api';

type Standing = Schema<'ApprovalStandingDto'>;
export type Approvals = Schema<'CampaignApprovalsDto'>;

const approvalsOf = (campaignId: number) => ({
  queryKey: ['approvals', campaignId],
  queryFn: () => answerOf(api.GET('/v1/campaigns/{id}/approvals', { params: { path: { id: campaignId } } })),
});

/** Whether the authorities of a campaign's schools have approved it. */
export const useApprovals = (campaignId: number) => useQuery(approvalsOf(campaignId));

/** The same of several campaigns, in their order. */
export const useApprovalsOfAll = (campaignIds: readonly number[]) =>
  useQueries({ queries: campaignIds.map(approvalsOf) });

/** Counts over all departments and kinds, with the departments that have not approved. */
export function totalsOf(standing: Standing[]) {
  const total = (count: (row: Standing) => number) => standing.reduce((sum, row) => sum + count(row), 0);
  const missing = standing.filter(({ waitingCount, refusedCount }) => waitingCount + refusedCount > 0);
  return {
    approved: total(({ approvedCount }) => approvedCount),
    refused: total(({ refusedCount }) => refusedCount),
    waiting: total(({ waitingCount }) => waitingCount),
    departments: [...new Set(missing.map(({ departmentName }) => departmentName))],
  };
}
