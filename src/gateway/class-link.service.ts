import { Injectable } from '@nestjs/common';
import { classLinkText } from '../common/class-link';
import { NotFoundError } from '../common/domain-error';
import type { ClassLinksDto } from './class-link.dto';
import { ClassLinkStore } from './class-link.store';
import { NoPlatform } from './gateway.errors';
import { GatewayKeyStore } from './gateway-key.store';

/** Links that a school gives to its families, so that the gateway knows their class without a log-in. */
@Injectable()
export class ClassLinkService {
  constructor(
    private readonly store: ClassLinkStore,
    private readonly keys: GatewayKeyStore,
  ) {}

  /** @throws NotFoundError, NoPlatform */
  async list(uai: string): Promise<ClassLinksDto> {
    const establishment = await this.store.establishment(uai);
    if (!establishment) throw new NotFoundError('establishment', uai);
    const { platformId } = establishment;
    if (platformId === null) throw new NoPlatform(uai);
    // the newest, which gateways know ten minutes after it is made: links of the one before it end a day after
    const [key] = await this.keys.passKeys(platformId);
    const classes = await this.store.classes(platformId, establishment.id);
    return {
      platformId,
      portals: await this.store.portals(platformId),
      items: classes.map(({ id, code, name }) => ({
        classId: id,
        code,
        name,
        path: `/etale/c/${classLinkText(id, platformId, key!)}`,
      })),
    };
  }
}
