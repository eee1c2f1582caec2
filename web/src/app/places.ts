import type { Session } from '../shared/session';

export interface Place {
  path: string;
  /** Key of its name among the messages. */
  name: string;
}

/** Where each role goes, the first being its home. */
export function placesOf(session: Session): Place[] {
  const region = { path: '/app/region', name: 'places.region' };
  const operation = { path: '/app/exploitation', name: 'places.operation' };
  const protection = { path: '/app/protection', name: 'places.protection' };
  switch (session.role) {
    case 'inspector':
      return [{ path: '/app/ecoles', name: 'places.schools' }];
    case 'head':
      return session.uais.slice(0, 1).flatMap((uai) => [
        { path: `/app/etablissements/${uai}`, name: 'places.week' },
        { path: `/app/etablissements/${uai}/souhaits`, name: 'places.wishes' },
        { path: `/app/etablissements/${uai}/classes`, name: 'places.classes' },
        { path: `/app/etablissements/${uai}/liens`, name: 'places.links' },
      ]);
    case 'authority':
      return [region, protection];
    case 'operator':
    case 'auditor':
      return [operation, region, protection];
    default:
      return [];
  }
}
