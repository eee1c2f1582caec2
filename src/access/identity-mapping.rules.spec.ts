import { IDENTITY_MAPPINGS, type Claims, type IdentityPreset } from './identity-mapping.rules';

const grant = (preset: IdentityPreset, claims: Claims) => IDENTITY_MAPPINGS[preset].grantOf(claims, 'etale');

describe('what the claims of a provider grant', () => {
  it('entcore 1.0: the authorised action makes a head of the own establishments, whatever the type', () => {
    const teacher = { type: 'ENSEIGNANT', uai: ['0590001A', '0590002B'] };
    expect(grant('entcore-1.0', teacher)).toBeUndefined();
    expect(grant('entcore-1.0', { ...teacher, authorizedActions: [{ name: 'etale|book' }] })).toEqual({
      role: 'head',
      uais: ['0590001A', '0590002B'],
      territories: [],
    });
    expect(grant('entcore-1.0', { ...teacher, authorizedActions: [{ name: 'other|book' }] })).toBeUndefined();
  });

  it('entcore 3.0: only the administered structures, not those in which somebody teaches', () => {
    const structures = [
      { id: 'a', UAI: '0590001A' },
      { id: 'b', UAI: '0590002B' },
    ];
    const claims = { structures, functions: { ADMIN_LOCAL: { code: 'ADMIN_LOCAL', scope: ['b'] } } };
    expect(grant('entcore-3.0', claims)).toMatchObject({ role: 'head', uais: ['0590002B'] });
    expect(grant('entcore-3.0', { structures, functions: {} })).toBeUndefined();
  });

  it('SDET: National_DIR is head, however it is written; teachers, relatives and pupils are nobody here', () => {
    const rne = '0590001A';
    expect(grant('sdet', { ENTPersonProfils: 'National_DIR', rne })).toMatchObject({ role: 'head', uais: [rne] });
    expect(grant('sdet', { profils: ['national_dir'], rne })).toMatchObject({ role: 'head' });
    for (const profile of ['National_ENS', 'National_TUT', 'National_ELV', 'National_ACA', 'National_COL'])
      expect(grant('sdet', { ENTPersonProfils: profile, rne })).toBeUndefined();
  });

  it('own claims: roles and scopes as they are sent, and no head of nothing', () => {
    const etale_territories = [{ code: 'R32', kinds: ['lycee_gt'] }];
    expect(grant('etale', { etale_role: 'authority', etale_territories })).toEqual({
      role: 'authority',
      uais: [],
      territories: [{ code: 'R32', level: 'territory', kinds: ['lycee_gt'] }],
    });
    expect(grant('etale', { etale_role: 'head' })).toBeUndefined();
    expect(grant('etale', { etale_role: 'root' })).toBeUndefined();
  });

  it('ProConnect grants nothing by itself', () => {
    expect(grant('proconnect', { sub: 'x', etale_role: 'operator' })).toBeUndefined();
  });
});
