import 'reflect-metadata';
import type { CreateCampaignDto } from './campaign.dto';
import { draftFrom } from './campaign-wire.rules';
import { behaviourOf, defaultLoadModel } from './load-model.rules';

describe('a campaign that states a behaviour', () => {
  const calibrated = defaultLoadModel('ordinary');
  calibrated.behaviours = calibrated.behaviours.map((behaviour) => ({
    ...behaviour,
    adherencePerMille: 640,
    stay: [1000, 500],
  }));
  const stated = {
    audience: 'pupils',
    levelGroup: 'college',
    activity: 'open',
    participationPerMille: 300,
    arrival: { shape: 'burst', perMille: [500, 500] },
    logOutPerMille: 0,
    idleMinutes: 20,
  } as const;
  const behaviourWith = (more: object) => {
    const behaviours = [{ ...stated, ...more }];
    const request = {
      name: 'A week',
      platformId: 1,
      startsOn: '2026-12-07',
      endsOn: '2026-12-11',
      loadModel: { behaviours },
    };
    return behaviourOf(
      draftFrom(request as unknown as CreateCampaignDto, calibrated).loadModel,
      'pupils',
      'college',
      'open',
    );
  };

  it('keeps of the calibrated one what it does not state', () => {
    const { arrival, logOutPerMille } = stated;
    expect(behaviourWith({})).toMatchObject({
      participationPerMille: 300,
      arrival,
      logOutPerMille,
      adherencePerMille: 640,
      stay: [1000, 500],
    });
  });

  it('has what it states, also that everybody stays to the end', () => {
    expect(behaviourWith({ adherencePerMille: 0, stayPerMille: null })).toMatchObject({
      adherencePerMille: 0,
      stay: 'toEnd',
    });
    expect(behaviourWith({ stayPerMille: [1000] })).toMatchObject({ adherencePerMille: 640, stay: [1000] });
  });
});
