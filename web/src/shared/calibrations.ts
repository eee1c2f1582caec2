import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from './api';

export type Calibration = Schema<'CalibrationDto'>;

/** The load models that were proposed for a platform, the newest first. */
export function useCalibrations(platformId: number) {
  return useQuery({
    queryKey: ['calibrations', platformId],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/v1/platforms/{id}/calibrations', { params: { path: { id: platformId }, query: { limit: 20 } } }),
        )
      ).items,
  });
}
