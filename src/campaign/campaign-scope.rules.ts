import type { Campaign } from './campaign.entity';

/** What of a campaign says who takes part. */
export type CampaignScope = Pick<
  Campaign,
  'platformId' | 'schoolYear' | 'territoryIds' | 'establishmentKinds' | 'levels'
>;

/**
 * The conditions of taking part, as SQL over `establishment` and `class`: numbers and quoted constants only, because COPY takes no
 * parameters. Who takes part is said here and nowhere else.
 */
export function scopeConditions(scope: CampaignScope): { establishment: string; class: string } {
  const establishment = [`establishment.platform_id = ${scope.platformId}`];
  if (scope.territoryIds.length > 0) {
    establishment.push(`establishment.department_id in (
      with recursive inside as (
        select id from territory where id in (${scope.territoryIds.join(', ')})
        union select territory.id from territory join inside on territory.parent_id = inside.id
      ) select id from inside)`);
  }
  if (scope.establishmentKinds.length > 0) {
    establishment.push(`establishment.kind in (${scope.establishmentKinds.map(quoted).join(', ')})`);
  }
  const ofClass = [`class.school_year = ${quoted(scope.schoolYear)}`];
  if (scope.levels.length > 0) ofClass.push(`class.levels && array[${scope.levels.map(quoted).join(', ')}]`);
  return { establishment: establishment.join(' and '), class: ofClass.join(' and ') };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
