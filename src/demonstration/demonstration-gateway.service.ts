import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { MachineKeyService } from '../access/machine-key.service';
import type { Config } from '../common/config';
import { writeSecretFile } from '../common/data-folder';
import { CONFIG } from '../common/database.module';

const FILE_NAME = 'demonstration-gateway-key';
const KEY_DAYS = 366;

/** The key with which an agent follows the demonstration's platform, in a file that its owner alone may read. */
@Injectable()
export class DemonstrationGateway {
  constructor(
    private readonly keys: MachineKeyService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Makes the key where the file has none that still opens; its path. @throws NotFoundError, DomainError where the folder is full */
  async keyFile(actor: Actor, platformId: number, now: Date): Promise<string> {
    const file = join(this.config.dataDirectory, FILE_NAME);
    const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (known !== '' && (await this.keys.opens(known, 'gateway', platformId))) return file;
    const request = {
      name: 'passerelle de la démonstration',
      scopes: ['gateway'] as const,
      platformId,
      days: KEY_DAYS,
    };
    const { secret } = await this.keys.make(actor, request, now);
    writeSecretFile(file, secret);
    return file;
  }
}
