import { importJWK, type CryptoKey, type JWK } from 'jose';
import { kidOf, nextChain, SignatureInvalid, verifyBytes } from '../common/signed-bytes';
import type { BundleChange, BundleContent, BundleRoomChange, NamedRule } from '../kernel/decision/bundle-content';
import { applyChanges, BundleInvalid, gatePlanOf, type GatePlan } from '../kernel/decision/gate-plan';
import { plainBundle, type PackedBundle } from '../kernel/decision/packed-bundle';
import { applyRoomChanges } from '../kernel/decision/room-residue';
import { rulesOf } from '../kernel/decision/rules';
import { PlanNames } from './identity.rules';

export const REFUSED_CODES = [
  'signature_invalid',
  'chain_broken',
  'older_revision',
  'truncated',
  'format_unknown',
  'platform_other',
  'content_invalid',
  'disk_full',
  'clock_wrong',
] as const;
export type RefusedCode = (typeof REFUSED_CODES)[number];

/** Where a bundle or delta leads. */
export interface PlanPosition {
  epoch: number;
  revision: number;
}

/** A bundle or delta that is not used; what was held before stays in force. `position`: of what was refused, where a good signature says it. */
export class PlanRefused extends Error {
  constructor(
    readonly code: RefusedCode,
    problem: string,
    readonly position?: PlanPosition,
  ) {
    super(problem);
    this.name = 'PlanRefused';
  }
}

/** Signed bytes as they came: what is kept on disk is verified again before it is used. */
export interface SignedBytes {
  bytes: Buffer;
  signature: string;
}

/** A plan that was verified, with what is needed to go on from it. */
export interface PlanInForce {
  plan: GatePlan;
  names: PlanNames;
  epoch: number;
  revision: number;
  edition: number;
  chain: string;
}

interface DeltaContent {
  format: string;
  platformId: number;
  epoch: number;
  from: number;
  to: number;
  issuedAt: number;
  changes: BundleChange[];
  /** All rules from then on, where they have changed. */
  rules?: NamedRule[];
  /** What the plan leaves now, in cells where that has changed. */
  room?: BundleRoomChange[];
}

/** Keeps the plan in force: takes only what is signed, whole, newer and of this platform, and swaps it in one step. */
export class HeldPlan {
  current: PlanInForce | undefined;
  private keys = new Map<string, CryptoKey>();

  async setKeys(jwks: readonly JWK[]): Promise<void> {
    const keys = new Map<string, CryptoKey>();
    for (const jwk of jwks) {
      if (jwk.kid && jwk.alg === 'EdDSA') keys.set(jwk.kid, (await importJWK(jwk, 'EdDSA')) as CryptoKey);
    }
    this.keys = keys;
  }

  /** Whether the key of a signature is known: an unknown one is asked for once before it is refused. */
  knowsKeyOf(signature: string): boolean {
    try {
      return this.keys.has(kidOf(signature));
    } catch {
      return true;
    }
  }

  /** @throws PlanRefused */
  async takeBundle({ bytes, signature }: SignedBytes, edition: number): Promise<void> {
    const chain = await this.verified(bytes, signature, 'etale-bundle');
    const its = parsed<BundleContent | PackedBundle>(bytes);
    if (!['etale-bundle/1', 'etale-bundle/2'].includes(its.format))
      throw new PlanRefused('format_unknown', String(its.format));
    const { epoch, revision, issuedAt } = its;
    const position = { epoch, revision };
    this.refuseOther(its.platformId, position);
    const { current } = this;
    if (current && epoch === current.epoch) {
      const isOlder =
        revision < current.revision || (revision === current.revision && issuedAt < current.plan.content.issuedAt);
      if (isOlder)
        throw new PlanRefused('older_revision', `revision ${revision} is older than ${current.revision}`, position);
    }
    try {
      const plan = gatePlanOf(plainBundle(its));
      this.current = { plan, names: new PlanNames(plan), epoch, revision, edition, chain };
    } catch (error) {
      throw new PlanRefused('content_invalid', error instanceof Error ? error.message : String(error), position);
    }
  }

  /** Applies a delta to the plan in force, all of it or nothing; false where it is there already. @throws PlanRefused */
  async takeDelta({ bytes, signature }: SignedBytes): Promise<boolean> {
    const { current } = this;
    if (!current) throw new PlanRefused('chain_broken', 'there is no plan that the delta changes');
    const chain = await this.verified(bytes, signature, 'etale-delta');
    const delta = parsed<DeltaContent>(bytes);
    if (delta.format !== 'etale-delta/1') throw new PlanRefused('format_unknown', String(delta.format));
    const position = { epoch: delta.epoch, revision: delta.to };
    this.refuseOther(delta.platformId, position);
    if (delta.epoch === current.epoch && delta.to <= current.revision) return false;
    if (delta.epoch !== current.epoch || delta.from !== current.revision)
      throw new PlanRefused('chain_broken', `a delta from ${delta.from} does not follow ${current.revision}`, position);
    if (nextChain(current.chain, bytes) !== chain)
      throw new PlanRefused('chain_broken', 'the chain of the delta does not follow', position);
    if (this.current !== current) throw new PlanRefused('chain_broken', 'the plan changed meanwhile');
    try {
      const rules = delta.rules && rulesOf(current.plan.content, delta.rules);
      applyChanges(current.plan, delta.changes);
      if (rules) current.plan.content.rules = rules;
      if (delta.room) applyRoomChanges(current.plan.content, delta.room);
    } catch (error) {
      if (!(error instanceof BundleInvalid || error instanceof TypeError)) throw error;
      throw new PlanRefused('content_invalid', error.message, position);
    }
    current.revision = delta.to;
    current.chain = chain;
    return true;
  }

  private refuseOther(platformId: number, position: PlanPosition): void {
    const { epoch } = position;
    const { current } = this;
    if (!current) return;
    if (platformId !== current.plan.content.platformId)
      throw new PlanRefused('platform_other', `of platform ${platformId}`, position);
    if (epoch < current.epoch)
      throw new PlanRefused('older_revision', `epoch ${epoch} is older than ${current.epoch}`, position);
  }

  private async verified(bytes: Buffer, signature: string, typ: 'etale-bundle' | 'etale-delta'): Promise<string> {
    try {
      const key = this.keys.get(kidOf(signature));
      if (!key) throw new SignatureInvalid(`key ${kidOf(signature)} is not one of the service's`);
      return (await verifyBytes(bytes, signature, key, typ)).chain;
    } catch (error) {
      if (error instanceof SignatureInvalid) throw new PlanRefused('signature_invalid', error.message);
      throw error;
    }
  }
}

function parsed<T>(bytes: Buffer): T {
  try {
    return JSON.parse(bytes.toString('utf8')) as T;
  } catch {
    throw new PlanRefused('content_invalid', 'is no JSON');
  }
}
