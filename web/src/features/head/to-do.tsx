import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { usePublishedPlans } from '../../shared/plans';
import { useSession } from '../../shared/session';
import { sayDone, sayRefused } from '../../shared/undo';
import type { useBooking } from './booking';
import { useEstablishment, type useToDo, useWishCampaign } from './data';

// for the few who need it
const SwapCard = lazy(() => import('./swap-card'));
const WaitingCard = lazy(() => import('./waiting-card'));
const AskChange = lazy(() => import('./ask-change'));
const DeputyLinks = lazy(() => import('./deputy-links'));

interface ToDoProps {
  uai: string;
  campaignId: number;
  timeZone: string;
  proposal: Schema<'EstablishmentProposalDto'> | null | undefined;
  toDo: ReturnType<typeof useToDo>['data'];
  booking: ReturnType<typeof useBooking>;
  onDone: () => Promise<unknown>;
}

/** What waits for the head, each with its button: the proposal and its deadline, swaps, offers, windows that moved. */
export function ToDo({ uai, campaignId, timeZone, proposal, toDo, booking, onDone }: ToDoProps) {
  return (
    <Stack gap="xs" className="no-print">
      <WishesCard uai={uai} timeZone={timeZone} />
      {proposal && (
        <ProposalCard uai={uai} campaignId={campaignId} timeZone={timeZone} proposal={proposal} onDone={onDone} />
      )}
      {toDo?.swaps.map((swap) => (
        <Suspense key={swap.id} fallback={<ItsPlace />}>
          <SwapCard uai={uai} swap={swap} timeZone={timeZone} onDone={onDone} />
        </Suspense>
      ))}
      {toDo?.waiting.map((entry) => (
        <Suspense key={entry.id} fallback={<ItsPlace />}>
          <WaitingCard uai={uai} entry={entry} timeZone={timeZone} booking={booking} onDone={onDone} />
        </Suspense>
      ))}
      {toDo && toDo.notices.length > 0 && <NoticesCard uai={uai} notices={toDo.notices} onDone={onDone} />}
    </Stack>
  );
}

/** Keeps the place of a card that is on its way: what stands below does not move. */
const ItsPlace = () => <Paper withBorder h={CARD_HEIGHT} />;
const CARD_HEIGHT = 62;

/** Wishes of a campaign that is being prepared. */
function WishesCard({ uai, timeZone }: Pick<ToDoProps, 'uai' | 'timeZone'>) {
  const { t } = useTranslation('head');
  const school = useEstablishment(uai);
  const { campaign, isOpen } = useWishCampaign(school.data);
  const plans = usePublishedPlans();
  if (!campaign || !isOpen || !plans.data || plans.data.some(({ campaignId }) => campaignId === campaign.id))
    return null;
  const until = campaign.wishesCloseAt
    ? t('toDoWishes.until', { at: formatInstant(campaign.wishesCloseAt, timeZone) })
    : t('toDoWishes.noDeadline');
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text>{t('toDoWishes.text', { campaign: campaign.name, until })}</Text>
        <Button component={Link} to={`/app/etablissements/${uai}/souhaits`} variant="default">
          {t('toDoWishes.open')}
        </Button>
      </Group>
    </Paper>
  );
}

function ProposalCard({
  uai,
  campaignId,
  timeZone,
  proposal,
  onDone,
}: Omit<ToDoProps, 'proposal' | 'toDo' | 'booking'> & { proposal: Schema<'EstablishmentProposalDto'> }) {
  const { t } = useTranslation('head');
  const [isAsking, setAsking] = useState(false);
  const [isEntrusting, setEntrusting] = useState(false);
  // an inspector has links of his own from the authority, and makes none
  const role = useSession().data?.role;
  const mayEntrust = role === 'head' || role === 'operator';
  const answer = useMutation({
    mutationFn: (body: Schema<'GiveAnswerDto'>) =>
      answerOf(
        api.POST('/v1/campaigns/{id}/establishments/{uai}/answers', {
          params: { path: { id: campaignId, uai } },
          body,
        }),
      ),
    onSuccess: (_, { verdict }) => {
      setAsking(false);
      sayDone(t(verdict === 'accept' ? 'proposal.thanks' : 'proposal.asked'));
    },
    onError: sayRefused,
    onSettled: onDone,
  });
  const { phase, answersUntil } = proposal.proposal;
  const until = formatInstant(answersUntil, timeZone);
  if (phase === 'closed') {
    return proposal.isAcceptedBySilence ? <Text size="sm">{t('proposal.silence', { until })}</Text> : null;
  }
  const isAccepted = proposal.answer === 'accepted';
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text>{t(`proposal.${proposal.answer}`, { until })}</Text>
        <Group gap="xs">
          {!isAccepted && (
            <Button loading={answer.isPending} onClick={() => answer.mutate({ verdict: 'accept' })}>
              {t('proposal.acceptAll')}
            </Button>
          )}
          <Button variant="default" aria-expanded={isAsking} onClick={() => setAsking(!isAsking)}>
            {t('proposal.askChange')}
          </Button>
          {mayEntrust && (
            <Button variant="default" onClick={() => setEntrusting(true)}>
              {t('deputy.title')}
            </Button>
          )}
        </Group>
      </Group>
      {isAsking && (
        <Suspense>
          <AskChange isBusy={answer.isPending} onSend={(comment) => answer.mutate({ verdict: 'change', comment })} />
        </Suspense>
      )}
      {isEntrusting && (
        <Suspense>
          <DeputyLinks
            uai={uai}
            campaignId={campaignId}
            timeZone={timeZone}
            until={until}
            onClose={() => setEntrusting(false)}
          />
        </Suspense>
      )}
    </Paper>
  );
}

/** Notices that are read at a glance; the others open below them. */
const FIRST_NOTICES = 5;

function NoticeLines({ notices }: { notices: Schema<'NoticeDto'>[] }) {
  return notices.map((notice) => (
    <Text key={`${notice.epoch}-${notice.revision}-${notice.windowId}`} size="sm">
      {currentLanguage() === 'fr' ? notice.french : notice.english}
    </Text>
  ));
}

function NoticesCard({
  uai,
  notices,
  onDone,
}: {
  uai: string;
  notices: Schema<'NoticeDto'>[];
  onDone: () => Promise<unknown>;
}) {
  const { t } = useTranslation('head');
  const last = notices.at(-1)!;
  const acknowledge = useMutation({
    mutationFn: () =>
      answerOf(
        api.PUT('/v1/establishments/{uai}/notices/acknowledgement', {
          params: { path: { uai } },
          body: { epoch: last.epoch, revision: last.revision },
        }),
      ),
    onError: sayRefused,
    onSettled: onDone,
  });
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={2}>
          <Text fw={600}>{t('notices.title', { count: notices.length })}</Text>
          <NoticeLines notices={notices.slice(0, FIRST_NOTICES)} />
          {notices.length > FIRST_NOTICES && (
            <details>
              <summary>{t('notices.rest', { count: notices.length - FIRST_NOTICES })}</summary>
              <NoticeLines notices={notices.slice(FIRST_NOTICES)} />
            </details>
          )}
        </Stack>
        <Button variant="default" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
          {t('notices.seen')}
        </Button>
      </Group>
    </Paper>
  );
}
