import type { Schema } from '../../shared/api';
import type { Territory } from '../../shared/territories';
import type { LoadCurve } from './data';

/** What is known of a territory on a day. */
export interface TerritoryRow {
  code: string;
  name: string;
  latitude: number | null;
  longitude: number | null;
  /** Sessions at the territory's own peak. */
  peakLoad: number;
  /** Peak against that of the territory with the largest one. */
  loadRatio: number | undefined;
  curve: number[];
  establishmentCount: number | undefined;
  unansweredCount: number | undefined;
  answeredRatio: number | undefined;
  adherenceRatio: number | undefined;
  meanMinutes: number | undefined;
  worstMinutes: number | undefined;
}

interface Known {
  territories: readonly Territory[];
  curves: ReadonlyMap<string, LoadCurve | undefined>;
  answers: Schema<'AnswersByTerritoryDto'> | undefined;
  fairness: Schema<'FairnessDto'> | undefined;
  observed: Schema<'ObservedPageDto'> | undefined;
}

/** One row for each territory, from all that is known of it; the load is told against the territory with the largest one. */
export function territoryRows({ territories, curves, answers, fairness, observed }: Known): TerritoryRow[] {
  const rows = territories.map((territory): TerritoryRow => {
    const planned = curves.get(territory.code)?.sessions.planned ?? [];
    const answer = answers?.items.find(({ code }) => code === territory.code);
    const sheet = fairness?.groups.find(
      ({ value, dimension }) => value === territory.code && dimension === territory.kind,
    );
    const seen = observed?.territories.find(({ code }) => code === territory.code);
    return {
      code: territory.code,
      name: territory.name,
      latitude: territory.latitude,
      longitude: territory.longitude,
      peakLoad: Math.max(0, ...planned),
      loadRatio: undefined,
      curve: planned,
      establishmentCount: answer?.establishmentCount,
      unansweredCount: answer?.unansweredCount,
      answeredRatio: answer?.answeredRatio ?? undefined,
      adherenceRatio: seen?.adherenceRatio ?? undefined,
      meanMinutes: sheet?.meanMinutes ?? undefined,
      worstMinutes: sheet?.worstMinutes ?? undefined,
    };
  });
  const largest = Math.max(1, ...rows.map(({ peakLoad }) => peakLoad));
  return rows.map((row) => ({ ...row, loadRatio: row.curve.length > 0 ? row.peakLoad / largest : undefined }));
}
