import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { platformOfKey } from './bundle.service';
import type { PassKeysDto, VerificationKeyDto, VerificationKeysDto } from './gateway-key.dto';
import { GatewayKeyStore } from './gateway-key.store';

/** Keys as gateways read them. */
@Injectable()
export class GatewayKeyService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly keys: GatewayKeyStore,
  ) {}

  async verificationKeys(): Promise<VerificationKeysDto> {
    // whoever asks before anything was signed finds the key that will sign
    await this.database.transaction((tx) => this.keys.signingKey(tx));
    return { keys: (await this.keys.publicKeys()) as unknown as VerificationKeyDto[] };
  }

  /** @throws DomainError for a key that is bound to no platform */
  async passKeys(actor: Actor): Promise<PassKeysDto> {
    const rows = await this.keys.passKeys(platformOfKey(actor));
    return {
      keys: rows.map(({ kid, secret, signsFrom, verifiesUntil }) => ({
        kid,
        secret: secret.toString('base64url'),
        signsFrom: signsFrom.toISOString(),
        verifiesUntil: verifiesUntil?.toISOString() ?? null,
      })),
    };
  }
}
