import { Module } from '@nestjs/common';
import { ProtectionStore } from './protection.store';

@Module({ providers: [ProtectionStore], exports: [ProtectionStore] })
export class ProtectionModule {}
