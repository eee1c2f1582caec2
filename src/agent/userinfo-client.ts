import { createHash } from 'node:crypto';
import { Remembered } from './remembered';

const ANSWER_MILLISECONDS = 800;
/** The ENT is on its knees: so many questions at a time, the others go without. */
const MOST_AT_ONCE = 20;
/** Log-ins whose answer is remembered, twice. */
const MOST_TOKENS = 10_000;
/** Who was not told is not asked about again for so long: an ENT that cannot answer is left alone. */
const SILENT_SECONDS = 60;
/** All that is read of an answer; names, birth dates and addresses in it are dropped at once. */
const READ_FIELDS = ['type', 'profile', 'classId', 'classes', 'uai', 'uais', 'structures'] as const;

interface Answer {
  claims: Record<string, unknown> | undefined;
  /** Unix seconds from which on the ENT may be asked again; Infinity where it has answered. */
  againAt: number;
}

/**
 * Asks the ENT's userinfo what a log-in token stands for, once per token: the next person on the same device has another one. What
 * is remembered is the profile and the classes, under a hash of the token, in memory only.
 */
export class UserinfoClient {
  private readonly answers = new Remembered<Answer>(MOST_TOKENS);
  private runningCount = 0;

  constructor(private readonly url: string) {}

  /** Nothing where the ENT does not say. @param now Unix seconds */
  async claimsFor(authorization: string, now: number): Promise<Record<string, unknown> | undefined> {
    if (!authorization.startsWith('Bearer ')) return undefined;
    const token = createHash('sha256').update(authorization).digest('base64');
    const known = this.answers.get(token);
    if (known && now < known.againAt) return known.claims;
    if (this.runningCount >= MOST_AT_ONCE) return undefined;
    this.runningCount++;
    const claims = await this.ask(authorization).finally(() => this.runningCount--);
    this.answers.set(token, { claims, againAt: claims ? Infinity : now + SILENT_SECONDS });
    return claims;
  }

  private async ask(authorization: string): Promise<Record<string, unknown> | undefined> {
    try {
      const response = await fetch(this.url, {
        headers: { authorization, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      });
      if (!response.ok) return undefined;
      const said = (await response.json()) as Record<string, unknown> | null;
      if (typeof said !== 'object' || said === null) return undefined;
      return Object.fromEntries(
        READ_FIELDS.flatMap((field) => (said[field] === undefined ? [] : [[field, said[field]]])),
      );
    } catch {
      // the visitor is then known by what comes next in the order of trust
      return undefined;
    }
  }
}
