import { Module } from '@nestjs/common';
import { JobController } from './job.controller';
import { JobFeed } from './job-feed.service';
import { JobQueue } from './job-queue.service';
import { JobRunner } from './job-runner.service';
import { JobRunStore } from './job-run.store';
import { JobService } from './job.service';

@Module({
  controllers: [JobController],
  providers: [JobFeed, JobQueue, JobRunner, JobRunStore, JobService],
  exports: [JobService, JobRunner],
})
export class JobsModule {}
