import { DomainError } from '../common/domain-error';
import { CAMPAIGN_PRESETS, PRESET_IDS, presetOf } from './campaign-presets.rules';
import { type CampaignDraft, checkCampaign, schoolYearOf } from './campaign-rules.rules';
import { defaultLoadModel } from './load-model.rules';
import type { WindowRule } from './window-rule';

const rule = (fields: Partial<WindowRule> = {}): WindowRule => ({
  audience: 'pupils',
  levelGroups: [],
  levels: [],
  activity: 'open',
  windowMinutes: 30,
  windowsPerDay: 1,
  windowsPerHalfDay: 1,
  windowsPerWeek: null,
  minimumGapMinutes: 15,
  hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '12:00' }],
  ...fields,
});
const draft = (fields: Partial<CampaignDraft> = {}): CampaignDraft => ({
  startsOn: '2026-11-30',
  endsOn: '2026-12-04',
  schoolYear: '2026-2027',
  levels: [],
  windows: [rule()],
  catchUp: { from: '18:30', to: '21:00', missedPerMille: 150 },
  loadModel: defaultLoadModel('ordinary'),
  wishesOpenAt: null,
  wishesCloseAt: null,
  ...fields,
});

/** The code of the refusal, undefined where the campaign is accepted. */
function refusal(fields: Partial<CampaignDraft>): string | undefined {
  try {
    checkCampaign(draft(fields));
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.kind).toBe('unprocessable');
    return error.code;
  }
}
const ofRule = (fields: Partial<WindowRule>) => refusal({ windows: [rule(fields)] });
const hours = (from: string, to: string, weekdays = [1]) => [{ weekdays, from, to }];

describe('a campaign', () => {
  it('is accepted as it is usually made, and with every preset', () => {
    expect(refusal({})).toBeUndefined();
    for (const id of PRESET_IDS) expect(refusal({ ...presetOf(id) })).toBeUndefined();
  });

  it.each<[string, Partial<CampaignDraft>]>([
    ['campaign.dates_reversed', { endsOn: '2026-11-29' }],
    [
      'campaign.wish_period_reversed',
      { wishesOpenAt: new Date('2026-11-20T07:00:00Z'), wishesCloseAt: new Date('2026-11-20T07:00:00Z') },
    ],
    ['campaign.too_long', { startsOn: '2026-09-07', endsOn: '2026-11-16' }],
    ['campaign.outside_school_year', { schoolYear: '2025-2026' }],
    ['campaign.outside_school_year', { startsOn: '2027-07-26', endsOn: '2027-08-02' }],
    ['campaign.unknown_level', { levels: ['7E' as '6E'] }],
    ['campaign.no_rules', { windows: [] }],
    ['campaign.rules_overlap', { windows: [rule({ levels: ['CP', 'CE1'] }), rule({ levels: ['CE1'] })] }],
    ['campaign.rules_overlap', { windows: [rule(), rule()] }],
    ['campaign.catch_up_hours', { catchUp: { from: '21:00', to: '18:30', missedPerMille: 100 } }],
    ['campaign.catch_up_share', { catchUp: { from: '18:30', to: '21:00', missedPerMille: 1001 } }],
  ])('is refused with %s: %j', (code, fields) => expect(refusal(fields)).toBe(code));

  it('may last seventy days and no more', () => {
    expect(refusal({ startsOn: '2026-09-07', endsOn: '2026-11-15' })).toBeUndefined();
  });

  it('is refused with a load model that describes no possible behaviour', () => {
    const model = defaultLoadModel('ordinary');
    const [first, ...rest] = model.behaviours;
    const burst = { shape: 'burst', perMille: [500, 400] } as const;
    expect(refusal({ loadModel: { ...model, behaviours: [{ ...first!, arrival: burst }, ...rest] } })).toBe(
      'campaign.load_model',
    );
  });

  it('may have a rule for a level beside the one of its group, and one for each audience', () => {
    const windows = [
      rule(),
      rule({ levelGroups: ['college'] }),
      rule({ levels: ['3E'] }),
      rule({ audience: 'relatives' }),
    ];
    expect(refusal({ windows })).toBeUndefined();
  });
});

describe('a rule', () => {
  it.each<[string, Partial<WindowRule>]>([
    ['campaign.unknown_level', { levels: ['CE3' as 'CE2'] }],
    ['campaign.unknown_level', { levelGroups: ['kindergarten' as 'college'] }],
    ['campaign.levels_not_for_audience', { audience: 'staff', levels: ['CP'] }],
    ['campaign.window_length', { windowMinutes: 32 }],
    ['campaign.window_length', { windowMinutes: 0 }],
    ['campaign.gap_length', { minimumGapMinutes: 7 }],
    ['campaign.window_count', { windowsPerWeek: 4 }],
    ['campaign.window_count', { windowsPerDay: null, windowsPerHalfDay: null }],
    ['campaign.window_count', { windowsPerDay: 1, windowsPerHalfDay: 2 }],
    ['campaign.no_hours', { hours: [] }],
    ['campaign.weekdays', { hours: hours('08:00', '12:00', [8]) }],
    ['campaign.hours_off_grid', { hours: hours('08:02', '12:00') }],
    ['campaign.hours_reversed', { hours: hours('12:00', '08:00') }],
    ['campaign.hours_too_short', { hours: hours('08:00', '08:25') }],
    ['campaign.hours_overlap', { hours: [...hours('08:00', '12:00'), ...hours('11:00', '13:00')] }],
    ['campaign.windows_do_not_fit', { windowsPerDay: 5, hours: hours('08:00', '11:00') }],
    [
      'campaign.windows_do_not_fit',
      { windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 9, hours: hours('08:00', '10:00', [1, 2]) },
    ],
  ])('is refused with %s: %j', (code, fields) => expect(ofRule(fields)).toBe(code));

  it('is accepted when its windows and gaps just fit', () => {
    expect(ofRule({ windowsPerDay: 4, windowsPerHalfDay: 4, hours: hours('08:00', '10:45') })).toBeUndefined();
    expect(ofRule({ windowsPerDay: 4, windowsPerHalfDay: 4, hours: hours('08:00', '10:40') })).toBe(
      'campaign.windows_do_not_fit',
    );
  });
});

describe('a school year', () => {
  it('begins in August', () => {
    expect(['2026-07-31', '2026-08-01', '2027-07-31'].map(schoolYearOf)).toEqual([
      '2025-2026',
      '2026-2027',
      '2026-2027',
    ]);
  });
});

describe('the load model of the presets', () => {
  it('has a mean visit of 12 minutes on an ordinary day and of 36 on a remote one', () => {
    const visitMinutes = (id: (typeof PRESET_IDS)[number]) => {
      const { stay } = presetOf(id).loadModel.behaviours.find(
        ({ audience, activity }) => audience === 'pupils' && activity === 'open',
      )!;
      return stay === 'toEnd' ? NaN : (stay.reduce((sum, share) => sum + share, 0) * 5) / 1000;
    };
    expect(visitMinutes('work-pick-up')).toBe(12);
    expect(visitMinutes('remote-week-everybody')).toBe(36);
  });

  it('has one behaviour for each audience, level group and activity', () => {
    for (const { loadModel } of CAMPAIGN_PRESETS) expect(loadModel.behaviours).toHaveLength(2 * (5 + 2));
  });
});
