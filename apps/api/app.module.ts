import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ARTIFACT_STORE } from './artifacts/artifact-store';
import { ArtifactsController } from './artifacts/artifacts.controller';
import { ArtifactsService } from './artifacts/artifacts.service';
import { FolderStore } from './artifacts/folder-store';
import { ENVIRONMENT, type Environment } from './config/environment';
import { Leader } from './engine/leader';
import { Outbox } from './engine/outbox';
import { Reconciler } from './engine/reconciler';
import { SchedulerLoop } from './engine/scheduler-loop';
import { HealthController } from './health/health.controller';
import { AuthGuard } from './http/auth.guard';
import { Idempotency } from './http/idempotency';
import { ProblemFilter } from './http/problem.filter';
import { EvaluationLeaseController, ProfileLeaseController } from './leases/lease.controllers';
import { LeaseService } from './leases/lease.service';
import { WorkRepository } from './leases/work.repository';
import { Database } from './persistence/database';
import { Listener } from './persistence/listener';
import { Conveyor } from './queue/conveyor';
import { TokenBootstrap } from './tokens/bootstrap';
import { SessionsService } from './tokens/sessions.service';
import { TokensController } from './tokens/tokens.controller';
import { TokensService } from './tokens/tokens.service';
import { WorkersController } from './workers/workers.controller';
import { WorkersService } from './workers/workers.service';

/** What both entry points share: database, queue, and everything that reads or writes rows. */
const core: Provider[] = [
  Database,
  Listener,
  Conveyor,
  WorkRepository,
  WorkersService,
  TokensService,
  SessionsService,
  TokenBootstrap,
];

const http: Provider[] = [
  LeaseService,
  ArtifactsService,
  Idempotency,
  { provide: APP_GUARD, useClass: AuthGuard },
  { provide: APP_FILTER, useClass: ProblemFilter },
];

const scheduler: Provider[] = [Leader, Outbox, Reconciler, SchedulerLoop];

const controllers = [
  HealthController,
  TokensController,
  WorkersController,
  EvaluationLeaseController,
  ProfileLeaseController,
  ArtifactsController,
];

@Module({})
export class AppModule {
  /** The modules of a role; the environment is read once and handed in. */
  static of(environment: Environment): DynamicModule {
    const serves = environment.role !== 'scheduler';
    const schedules = environment.role !== 'api';
    return {
      module: AppModule,
      controllers: serves ? controllers : [],
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: ARTIFACT_STORE, useValue: new FolderStore(environment.artifacts) },
        ...core,
        ...(serves ? http : []),
        ...(schedules ? scheduler : []),
      ],
    };
  }
}
