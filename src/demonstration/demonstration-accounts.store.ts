import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** An account of the demonstration: a role and what it answers for, as the provider's claims say it. */
export interface DemonstrationAccount {
  id: string;
  french: string;
  english: string;
  claims: {
    etale_role: string;
    etale_uais?: string[];
    etale_territories?: { code: string; level: 'territory'; kinds: string[] }[];
  };
}

interface SchoolRow {
  uai: string;
  name: string;
  kind: string;
  departmentCode: string;
  departmentName: string;
  regionCode: string;
  regionName: string;
}

const LYCEES = ['lycee_gt', 'lycee_pro', 'lycee_polyvalent', 'erea'];
const SCHOOLS = ['maternelle', 'elementaire', 'primaire'];
/** About the schools of an inspector's district. */
const DISTRICT_SIZE = 40;

/** The accounts with which the demonstration can be tried, one of each role, on schools that it has. */
@Injectable()
export class DemonstrationAccounts {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Heads and territories are there as soon as the region is. */
  async all(): Promise<DemonstrationAccount[]> {
    const accounts: DemonstrationAccount[] = [];
    const college = await this.first(['college']);
    const lycee = await this.first(LYCEES);
    const school = await this.first(['elementaire', 'primaire']);
    for (const [name, at] of Object.entries({ college, lycee, school })) {
      if (!at) continue;
      accounts.push({
        id: `head-${name}`,
        french: `Chef d'établissement — ${at.name} (${at.uai})`,
        english: `Head of a school: its own windows and wishes`,
        claims: { etale_role: 'head', etale_uais: [at.uai] },
      });
    }
    if (school) {
      accounts.push({
        id: 'inspector',
        french: `Inspecteur de circonscription — ${school.departmentName}`,
        english: 'Inspector of a district: answers for the heads of its schools',
        claims: { etale_role: 'inspector', etale_uais: await this.district(school.departmentCode) },
      });
    }
    if (lycee) {
      accounts.push({
        id: 'authority-region',
        french: `Région — les lycées de ${lycee.regionName}`,
        english: 'Region: aggregates of the platform, names of its lycées only',
        claims: {
          etale_role: 'authority',
          etale_territories: [{ code: lycee.regionCode, level: 'territory', kinds: LYCEES }],
        },
      });
    }
    if (college) {
      accounts.push({
        id: 'authority-department',
        french: `Département — les collèges de ${college.departmentName}`,
        english: 'Department: aggregates of the platform, names of its collèges only',
        claims: {
          etale_role: 'authority',
          etale_territories: [{ code: college.departmentCode, level: 'territory', kinds: ['college'] }],
        },
      });
    }
    accounts.push(
      {
        id: 'operator',
        french: 'Exploitant de la plateforme',
        english: 'Operator: capacity, campaigns, publishing, keys',
        claims: { etale_role: 'operator' },
      },
      {
        id: 'auditor',
        french: 'Auditeur',
        english: 'Auditor: reads everything, changes nothing',
        claims: { etale_role: 'auditor' },
      },
    );
    return accounts;
  }

  private async first(kinds: readonly string[]): Promise<SchoolRow | undefined> {
    const [row] = await this.database.query<SchoolRow[]>(
      `select e.uai, e.name, e.kind, d.code as "departmentCode", d.name as "departmentName",
         coalesce(r.code, a.code, d.code) as "regionCode", coalesce(r.name, a.name, d.name) as "regionName"
       from establishment e join territory d on d.id = e.department_id
         left join territory a on a.id = d.parent_id left join territory r on r.id = a.parent_id
       where e.kind = any($1) and e.platform_id is not null
         and exists (select 1 from class c where c.establishment_id = e.id)
       order by e.uai limit 1`,
      [kinds],
    );
    return row;
  }

  private async district(departmentCode: string): Promise<string[]> {
    const rows = await this.database.query<{ uai: string }[]>(
      `select e.uai from establishment e join territory d on d.id = e.department_id
        where d.code = $1 and e.kind = any($2) order by e.uai limit $3`,
      [departmentCode, SCHOOLS, DISTRICT_SIZE],
    );
    return rows.map(({ uai }) => uai);
  }
}
