import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from './api';

export type Session = Schema<'SessionDto'>;

/** Who is signed in; `visitor` where nobody is. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: () => answerOf(api.GET('/v1/session')),
    staleTime: 60_000,
  });
}

/** Signs out and comes back to the front page. */
export async function signOut(): Promise<void> {
  await answerOf(api.DELETE('/v1/session'));
  window.location.assign('/');
}
