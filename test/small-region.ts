import type { DataSource } from 'typeorm';
import type { Level } from '../src/directory/level';
import { FOUR_DAYS, FOUR_DAYS_AND_A_HALF } from '../src/directory/half-days.rules';

/** An establishment of a test: defaults, and the fields that the test is about. */
export interface SmallEstablishment {
  kind?: string;
  department?: 'Lille' | 'Réunion' | 'Guadeloupe';
  holidayZone?: string;
  openHalfDays?: number;
  latitude?: number | null;
  longitude?: number | null;
  simultaneousWindowLimit?: number | null;
}

export interface SmallClass {
  levels?: Level[];
  headcount?: number;
  kind?: 'division' | 'group';
  optionSet?: string;
  /** Classes that a group draws from. */
  from?: number[];
  teachers?: number[];
}

const DEPARTMENTS = {
  Lille: { code: '59', timeZone: 'Europe/Paris' },
  Réunion: { code: '974', timeZone: 'Indian/Reunion' },
  Guadeloupe: { code: '971', timeZone: 'America/Guadeloupe' },
};
const UAI_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** A platform with capacity and three departments, to which a test adds its establishments and classes. */
export class SmallRegion {
  private count = 0;

  private constructor(
    readonly database: DataSource,
    readonly platformId: number,
    readonly departmentIds: Readonly<Record<string, number>>,
  ) {}

  static async make(
    database: DataSource,
    code = 'test',
    sessions = 100_000,
    loginsPerMinute = 20_000,
  ): Promise<SmallRegion> {
    const one = async (query: string, parameters: unknown[]) =>
      (await database.query<{ id: number }[]>(query, parameters))[0]!.id;
    const departmentIds: Record<string, number> = {};
    for (const [name, department] of Object.entries(DEPARTMENTS)) {
      const known = await database.query<{ id: number }[]>('select id from territory where code = $1', [
        department.code,
      ]);
      if (known[0]) {
        departmentIds[name] = known[0].id;
        continue;
      }
      const insert = 'insert into territory (code, kind, name, parent_id) values ($1, $2, $3, $4) returning id';
      const region = await one(insert, [`R${department.code}`, 'region', name, null]);
      const academy = await one(insert, [`A${department.code}`, 'academy', name, region]);
      departmentIds[name] = await one(insert, [department.code, 'department', name, academy]);
    }
    const platformId = await one(
      `insert into platform (code, name, time_zone, headroom_per_mille) values ($1, $1, 'Europe/Paris', 100) returning id`,
      [code],
    );
    await database.query(
      `insert into capacity_step (platform_id, starts_at, concurrent_sessions, logins_per_minute, reason)
       values ($1, '2020-01-01T00:00:00Z', $2, $3, 'test')`,
      [platformId, sessions, loginsPerMinute],
    );
    return new SmallRegion(database, platformId, departmentIds);
  }

  async establishment(fields: SmallEstablishment = {}): Promise<number> {
    const department = fields.department ?? 'Lille';
    const kind = fields.kind ?? 'college';
    const digits = String(this.platformId * 1000 + this.count++).padStart(7, '0');
    const isFirstDegree = ['maternelle', 'elementaire', 'primaire'].includes(kind);
    const rows = await this.database.query<{ id: number }[]>(
      `insert into establishment (uai, name, kind, sector, department_id, commune_name, time_zone, holiday_zone, latitude, longitude,
                                  open_half_days, simultaneous_window_limit, platform_id, source)
       values ($1, 'School', $2, 'public', $3, 'Town', $4, $5, $6, $7, $8, $9, $10, 'test') returning id`,
      [
        digits + UAI_LETTERS[Number(digits) % 23]!,
        kind,
        this.departmentIds[department],
        DEPARTMENTS[department].timeZone,
        fields.holidayZone ?? 'none',
        fields.latitude === undefined ? 50.6 : fields.latitude,
        fields.longitude === undefined ? 3.0 : fields.longitude,
        fields.openHalfDays ?? (isFirstDegree ? FOUR_DAYS : FOUR_DAYS_AND_A_HALF),
        fields.simultaneousWindowLimit ?? null,
        this.platformId,
      ],
    );
    return rows[0]!.id;
  }

  async class(establishmentId: number, fields: SmallClass = {}): Promise<number> {
    const kind = fields.kind ?? (fields.from ? 'group' : 'division');
    const [row] = await this.database.query<{ id: number }[]>(
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, option_set, source)
       values ($1, '2026-2027', $2, $3, $4, $5, $6, 'test') returning id`,
      [
        establishmentId,
        `C${this.count++}`,
        kind,
        fields.levels ?? ['6E'],
        fields.headcount ?? 25,
        fields.optionSet ?? null,
      ],
    );
    for (const source of fields.from ?? []) {
      await this.database.query('insert into class_group_source (group_id, class_id) values ($1, $2)', [
        row!.id,
        source,
      ]);
    }
    for (const teacher of fields.teachers ?? []) {
      await this.database.query('insert into class_teacher (class_id, teacher_key_id) values ($1, $2)', [
        row!.id,
        teacher,
      ]);
    }
    return row!.id;
  }

  /** A teacher's key of an establishment. */
  async teacher(establishmentId: number): Promise<number> {
    const hash = Buffer.alloc(32);
    hash.writeInt32LE(++this.count);
    const [row] = await this.database.query<{ id: number }[]>(
      'insert into teacher_key (establishment_id, hash) values ($1, $2) returning id',
      [establishmentId, hash],
    );
    return row!.id;
  }
}
