import { mappingFrom } from './identity-mapping-file.rules';
import { IDENTITY_MAPPINGS, type Claims } from './identity-mapping.rules';

const RULES = [
  {
    role: 'authority',
    when: { profils: ['National_ACA', 'ACA'], 'organisation.code': 'lille' },
    territories: [{ code: 'A09', kinds: ['lycee_gt'] }],
  },
  { role: 'head', when: { 'roles.name': 'proviseur' }, uais: 'roles.establishments.uai' },
  { role: 'auditor', when: { groups: 'etale-audit' } },
];
const grant = (claims: Claims, rules: unknown = RULES) =>
  mappingFrom(JSON.stringify({ rules }), IDENTITY_MAPPINGS.sdet).grantOf(claims, 'etale');

describe('a mapping of one’s own', () => {
  it('takes the first rule whose every condition holds, in lists and inside objects, whatever the case', () => {
    const academy = { profils: ['national_aca'], organisation: { code: 'LILLE' } };
    expect(grant({ ...academy, groups: ['etale-audit'] })).toEqual({
      role: 'authority',
      uais: [],
      territories: [{ code: 'A09', level: 'territory', kinds: ['lycee_gt'] }],
    });
    expect(grant({ profils: 'National_ACA', groups: 'etale-audit' })).toMatchObject({ role: 'auditor' });
  });

  it('finds the establishments of a head in the claim that the rule names, and makes no head of none', () => {
    const roles = [
      { name: 'Proviseur', establishments: [{ uai: '0590001a' }, { uai: '0590002B' }] },
      { name: 'other', establishments: [] },
    ];
    expect(grant({ roles })).toMatchObject({ role: 'head', uais: ['0590001A', '0590002B'] });
    expect(grant({ roles: [{ name: 'proviseur' }] })).toBeUndefined();
  });

  it('leaves to the preset what no rule fits, and how the provider is asked', () => {
    expect(grant({ profils: 'National_DIR', rne: '0590001A' })).toMatchObject({ role: 'head', uais: ['0590001A'] });
    expect(grant({ profils: 'National_ENS', rne: '0590001A' })).toBeUndefined();
    expect(mappingFrom('{"rules":[]}', IDENTITY_MAPPINGS['entcore-3.0'])).toMatchObject({
      readsUserinfo: true,
      userinfoAccept: 'application/json;version=3.0',
    });
    expect(mappingFrom('{"rules":[],"userinfo":true}', IDENTITY_MAPPINGS.proconnect).readsUserinfo).toBe(true);
  });

  it('does not reach into what objects inherit', () => {
    expect(grant({}, [{ role: 'operator', when: { 'constructor.name': 'Object' } }])).toBeUndefined();
  });

  it.each([
    ['rule 1 needs a role of', [{ role: 'root', when: { a: 'b' } }]],
    ['rule 1 needs `when`', [{ role: 'operator' }]],
    ['rule 1 needs `when`', [{ role: 'operator', when: {} }]],
    ['rule 1 needs a value, or several, for a', [{ role: 'operator', when: { a: [] } }]],
    ['rule 1 needs `uais`', [{ role: 'head', when: { a: 'b' } }]],
    ['rule 2 has `uais`', [RULES[0], { role: 'operator', when: { a: 'b' }, uais: 'c' }]],
    ['rule 1 has an unknown field wenn', [{ role: 'operator', when: { a: 'b' }, wenn: {} }]],
    ['rule 1 needs the code', [{ role: 'authority', when: { a: 'b' }, territories: [{}] }]],
    ['no list `rules`', undefined],
  ])('is refused: %s', (said, rules) => {
    expect(() => mappingFrom(JSON.stringify({ rules }), IDENTITY_MAPPINGS.etale)).toThrow(said);
  });
});
