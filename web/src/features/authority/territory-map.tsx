import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Schema } from '../../shared/api';
import { formatCount, formatPercent } from '../../shared/format';
import { useObserved, useSchoolLoads, useSchoolPlaces, useSchools } from './data';
import { type Place, PlaceMap } from './place-map';
import type { TerritoryRow } from './territory-rows';

export const MEASURES = ['load', 'answers', 'adherence'] as const;
export type Measure = (typeof MEASURES)[number];

interface MeasureChoice {
  measure: Measure;
  onMeasure: (measure: Measure) => void;
}

const ratioOf = (row: TerritoryRow, measure: Measure): number | undefined =>
  measure === 'load' ? row.loadRatio : measure === 'answers' ? row.answeredRatio : row.adherenceRatio;

/** The territories below where one is: a click goes down. */
export function TerritoryMap({
  rows,
  onPick,
  ...choice
}: MeasureChoice & { rows: readonly TerritoryRow[]; onPick: (code: string) => void }) {
  const { t } = useTranslation('authority');
  const { measure } = choice;
  const places = useMemo(
    () => rows.map((row): Place => ({ ...row, weight: row.peakLoad, ratio: ratioOf(row, measure) })),
    [rows, measure],
  );
  const top = rows.toSorted((a, b) => b.peakLoad - a.peakLoad)[0];
  return (
    <div>
      <MeasureControl {...choice} />
      <PlaceMap
        places={places}
        title={t('map.title', { measure: t(`measure.${measure}`) })}
        summary={
          measure === 'load' && top?.loadRatio !== undefined
            ? t('map.top', { name: top.name, sessions: formatCount(top.peakLoad) })
            : lowestOf(places, t)
        }
        measure={t(`measure.${measure}`)}
        isNamed
        fileName={`etale-carte-${measure}`}
        onPick={onPick}
      />
    </div>
  );
}

/** How far a school has come with its answer: half where it accepted for some classes, or asks for a change. */
const ANSWERED: Record<Schema<'EstablishmentAnswerDto'>['answer'], number> = {
  none: 0,
  change_asked: 0.5,
  partly_accepted: 0.5,
  accepted: 1,
};
const MOST_SCHOOLS = 500;

interface SchoolMapProps extends MeasureChoice {
  planId: number;
  campaignId: number;
  platformId: number;
  territory: string;
  date: string | undefined;
}

/** The schools of a department that the reader may name, the larger the more they load: a click goes to the school's week. */
export function SchoolMap({ planId, campaignId, platformId, territory, date, ...choice }: SchoolMapProps) {
  const { t } = useTranslation('authority');
  const navigate = useNavigate();
  const { measure } = choice;
  const where = useSchoolPlaces(territory);
  const answers = useSchools(campaignId, territory);
  const observed = useObserved(platformId, date, MOST_SCHOOLS);
  const loads = useSchoolLoads(planId, territory, date);
  const places = useMemo(() => {
    const known = new Map(where.data?.map((school) => [school.uai, school]));
    const seen = new Map(observed.data?.items.map((school) => [school.uai, school.adherenceRatio]));
    const schools = answers.data?.items ?? [];
    const peaks = new Map(loads.data?.map(({ uai, peakSessions }) => [uai, peakSessions]));
    const largest = Math.max(1, ...peaks.values());
    return schools.map(({ uai, name, answer }): Place => {
      const at = known.get(uai);
      return {
        code: uai,
        name: `${name}${at?.communeName ? `, ${at.communeName}` : ''}`,
        latitude: at?.latitude ?? null,
        longitude: at?.longitude ?? null,
        weight: peaks.get(uai) ?? 0,
        ratio:
          measure === 'load'
            ? loads.data && (peaks.get(uai) ?? 0) / largest
            : measure === 'answers'
              ? ANSWERED[answer]
              : (seen.get(uai) ?? undefined),
      };
    });
  }, [where.data, observed.data, answers.data, loads.data, measure]);
  const label = t(`measure.${measure}`);
  const top = loads.data?.toSorted((a, b) => b.peakSessions - a.peakSessions)[0];
  return (
    <div>
      <MeasureControl {...choice} />
      <PlaceMap
        places={places}
        title={t('map.schools', { measure: label })}
        summary={
          measure === 'load'
            ? top && t('map.top', { name: top.name, sessions: formatCount(top.peakSessions) })
            : lowestOf(places, t)
        }
        measure={label}
        isNamed={false}
        fileName={`etale-carte-${territory}-${measure}`}
        onPick={(uai) => void navigate(`/app/etablissements/${uai}`)}
      />
    </div>
  );
}

function MeasureControl({ measure, onMeasure }: MeasureChoice) {
  const { t } = useTranslation('authority');
  return (
    <SegmentedControl
      className="no-print"
      size="xs"
      aria-label={t('map.choose')}
      data={MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
      value={measure}
      onChange={(value) => onMeasure(value)}
    />
  );
}

/** Where least has been reached, or that nothing is known. */
function lowestOf(places: readonly Place[], t: (key: string, values?: Record<string, unknown>) => string): string {
  const lowest = places
    .filter(({ ratio }) => ratio !== undefined)
    .toSorted((a, b) => a.ratio! - b.ratio!)
    .at(0);
  return lowest ? t('map.lowest', { name: lowest.name, ratio: formatPercent(lowest.ratio!) }) : t('map.unknown');
}
