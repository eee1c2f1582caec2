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

/** Whether the reader may change what an establishment has: its head, a deputy, its inspector, or the operator. */
export function useMayChange(uai: string): boolean {
  const { data: session } = useSession();
  switch (session?.role) {
    case 'operator':
      return true;
    case 'head':
    case 'inspector':
      return session.uais.includes(uai);
    default:
      return false;
  }
}

/** Signs out and comes back to the front page. */
export async function signOut(): Promise<void> {
  await answerOf(api.DELETE('/v1/session'));
  window.location.assign('/');
}
