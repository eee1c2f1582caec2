import type { RoomLimits } from '../kernel/decision/room-residue';

/** Who is served first: pupils and staff, then those of whom nobody knows which they are, then relatives. */
export const RANKS = ['pupils', 'unknown', 'relatives'] as const;
/** Beyond the ranks: those whom a protection step holds back keep their place and are not called. */
export const HELD_RANK = RANKS.length;

/**
 * Places of an agent's walk-in quota, for those who stand first. The agent counts its quota, the line whom it has given a place:
 * while answers are on their way only both together know what is left.
 */
export interface RoomWalkIn {
  /** The process whose quota it is. */
  by: string;
  /** The cell of the quota. */
  cell: number;
  /** Places left to this visitor, as the agent knew when it asked; 0 for whom it passes over, although it has some for others. */
  leftCount: number;
  /** Places left to those to whom a step leaves the fewest of any: those ahead may be of them, and are to find theirs. */
  fewestLeftCount: number;
  /** How many the line had given it in this cell, as the agent had heard; what was given since comes off `leftCount`. */
  heardCount: number;
}

/** A ticket that is shown, or taken. */
export interface RoomVisit {
  id: string;
  /** Microseconds of its arrival, as the ticket says; undefined: it comes now. */
  arrivedAt: number | undefined;
  /** Index into RANKS, or HELD_RANK. */
  rank: number;
  /** Unix seconds. */
  now: number;
  limits: RoomLimits;
  /** What is left of the walk-in quota, for those who stand first; absent: nothing, to nobody. */
  walkIn?: RoomWalkIn | undefined;
  /** Places of the quota that a whole cell brings this visitor. */
  walkInsPerCell: number;
  /** Takes no place in line: only a place of the quota is asked for, behind all who wait. */
  isPassing?: boolean;
}

export interface RoomAnswer {
  /** `again`: was called before, and did not hear of it; `full`: the room takes nobody more. */
  outcome: 'called' | 'walksIn' | 'again' | 'waits' | 'full';
  arrivedAt: number;
  aheadCount: number;
  /** After how long, without jitter, the ticket is to be shown again. */
  pollSeconds: number;
}

/** What an agent says of itself from time to time, and gets for the case that the store goes away. */
export interface RoomBeat {
  agent: string;
  now: number;
  limits: RoomLimits;
  /** What is left of the lease before, to be given back. */
  unspent: { cell: number; count: number };
  /** What this agent has let in, by cell, and whom lately: a store that has lost its memory takes it once. */
  admitted: ReadonlyMap<number, number>;
  called: ReadonlyMap<string, number>;
}

export interface RoomState {
  /** Places that this agent may give without the store, in `limits.cell`. */
  leasedCount: number;
  /** Only to those who stand before or at this place. */
  leasedTo: { rank: number; arrivedAt: number };
  /** Present, by rank, those who are held back last. */
  waitingCounts: readonly number[];
  admitted: ReadonlyMap<number, number>;
  /** Agents that share the line, each with a walk-in quota of its own. */
  agentCount: number;
}

/** The store cannot be reached. */
export class RoomAway extends Error {}

/**
 * The line of one platform. Both implementations pass `test/agent/room.spec.ts`. A ticket that is not shown when it was due stands
 * aside, at no cost to the others, and comes back to its own place.
 */
export interface RoomStore {
  readonly kind: 'process' | 'redis';
  /** @throws RoomAway */
  visit(visit: RoomVisit): Promise<RoomAnswer>;
  /** Gives the place up. @throws RoomAway */
  leave(id: string): Promise<void>;
  /** @throws RoomAway */
  beat(beat: RoomBeat): Promise<RoomState>;
  close(): Promise<void>;
}

/** How a room behaves; the same in both implementations. */
export interface RoomSettings {
  /** The longest time between two questions of a waiting page. */
  longestPollSeconds: number;
  /** A room that begins calls nobody for so long: every agent says first what it has let in. */
  settleSeconds: number;
}

/** Unclaimed places add up to so much, no more: a line that is not asked about saves nothing up. */
export const MOST_SAVED_SECONDS = 30;
/** Near its head a line is asked about this often. */
export const SHORTEST_POLL_SECONDS = 5;
/** A page asks again after this share of what is left to wait. */
export const POLL_RATIO = 0.5;
/** The own jitter of each page, both ways. */
export const POLL_JITTER_RATIO = 0.2;
/** A page that is late by this long stands aside. */
export const GRACE_SECONDS = 5;
/** A closed tab keeps its place for so long. */
export const KEPT_SECONDS = 300;
/** A called ticket is remembered until nobody can show it any more. */
export const CALLED_SECONDS = KEPT_SECONDS + 120;
/** An agent says this often what it has spent. */
export const BEAT_SECONDS = 2;
/** Without the store an agent spends its share for so long. */
export const LEASE_SECONDS = 10;
/** An agent that was not heard of for this long has no share. */
export const AGENT_SECONDS = 10;
export const MOST_TICKETS = 500_000;

/**
 * How many may stand ahead, beside those whom the quota passes over, of who takes a place of it now: each of them finds one, also where
 * they may have no more than the fewest.
 *
 * @param count given of the quota in the cell; what the agent has not heard of comes off
 */
export function mostAheadOfWalkIn({ leftCount, fewestLeftCount, heardCount }: RoomWalkIn, count: number): number {
  const unheard = Math.max(0, count - heardCount);
  return Math.min(leftCount, fewestLeftCount) - unheard - 1;
}

/** Without jitter. */
export const pollSeconds = (aheadCount: number, perSecond: number, longest: number): number =>
  perSecond > 0 ? Math.min(longest, Math.max(SHORTEST_POLL_SECONDS, (POLL_RATIO * aheadCount) / perSecond)) : longest;

/** Until when a ticket counts as present. */
export const presentSeconds = (poll: number): number => poll * (1 + POLL_JITTER_RATIO) + GRACE_SECONDS;
