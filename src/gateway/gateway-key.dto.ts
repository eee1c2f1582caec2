import { ApiProperty } from '@nestjs/swagger';

/** A key that verifies bundles and deltas. */
export class VerificationKeyDto {
  /** Its name. */
  kid!: string;
  /** Always OKP. */
  kty!: string;
  /** Always Ed25519. */
  crv!: string;
  /** The public key. */
  x!: string;
  /** Always sig. */
  use!: string;
  /** Always EdDSA. */
  alg!: string;
}

/** JSON Web Key Set. */
export class VerificationKeysDto {
  /** Newest first. */
  keys!: VerificationKeyDto[];
}

/** A key of passes. */
export class PassKeyDto {
  /** Its name, which passes carry. */
  kid!: string;
  /** 32 bytes, base64url. */
  secret!: string;
  /** It signs passes from here on. */
  signsFrom!: string;
  /** Passes of it are accepted until then; null while it is the newest. */
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Passes of it are accepted until then; null for the newest.',
  })
  verifiesUntil!: string | null;
}

/** The platform's keys of passes. */
export class PassKeysDto {
  /** Newest first. */
  keys!: PassKeyDto[];
}
