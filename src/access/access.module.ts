import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { AccountService } from './account.service';
import { AccountStore } from './account.store';
import { DelegationController } from './delegation.controller';
import { DelegationService } from './delegation.service';
import { DelegationStore } from './delegation.store';
import { IdentityService } from './identity.service';
import { MachineKeyController } from './machine-key.controller';
import { MachineKeyService } from './machine-key.service';
import { MachineKeyStore } from './machine-key.store';
import { OidcService } from './oidc.service';
import { ScopeStore } from './scope.store';
import { SessionController } from './session.controller';
import { SessionService } from './session.service';
import { SessionStore } from './session.store';
import { SignInController } from './sign-in.controller';

@Module({
  controllers: [SignInController, SessionController, MachineKeyController, DelegationController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    IdentityService,
    OidcService,
    SessionService,
    MachineKeyService,
    AccountService,
    AccountStore,
    SessionStore,
    MachineKeyStore,
    ScopeStore,
    DelegationService,
    DelegationStore,
  ],
  exports: [SessionService, MachineKeyService, AccountService, AccountStore],
})
export class AccessModule {}
